"""What is watched, as data: dashboards, alarms, queries. CDK makes them, local tools draw them."""
