"""Synthesise Relevo for one stage: `cdk synth -c stage=dev`. No AWS call, no network."""

from aws_cdk import App

from infra.application import build
from infra.config import STAGES

app = App()
name = app.node.try_get_context("stage") or "dev"
if name not in STAGES:
    raise SystemExit(f"relevo: no stage is called {name}; there are {', '.join(STAGES)}.")
build(app, STAGES[name])
app.synth()
