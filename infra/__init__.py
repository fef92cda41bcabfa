"""The AWS infrastructure of Relevo, in CDK; imports nothing of the code it deploys."""
