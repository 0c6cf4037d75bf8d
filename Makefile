# The front door. Each line sets the project up (a second or two when nothing changed) and runs one task;
# `python3 bootstrap.py TASK` does the same without make.
PYTHON ?= python3
TASKS := demo test verify bench coverage check format compile brownie clean

.PHONY: setup $(TASKS)

setup:
	@$(PYTHON) bootstrap.py

$(TASKS):
	@$(PYTHON) bootstrap.py $@ $(ARGS)
