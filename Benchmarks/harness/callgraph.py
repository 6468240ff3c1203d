"""Reads what `valgrind --tool=callgrind` wrote, and shares all instructions out among stages."""

import re
from collections import defaultdict

NAMED = re.compile(r"(c?(?:fn|ob))=\((\d+)\)(?: (.*))?")
CALLS = re.compile(r"calls=(\d+) ")
ROUNDS = 200


class CallGraph:
    """Functions, the instructions that each took itself, and those of each call with all below."""

    def __init__(self):
        self.names = {}
        self.objects = {}
        self.object_of = {}
        self.own = defaultdict(int)
        # (caller, callee) → instructions below the call, and how often it was made.
        self.calls = defaultdict(lambda: [0, 0])

    @classmethod
    def read(cls, path):
        graph = cls()
        function = called = unit = called_unit = None
        pending = 0
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                found = NAMED.match(line)
                if found:
                    kind, number, name = found[1], int(found[2]), found[3]
                    table = graph.objects if kind.endswith("ob") else graph.names
                    if name is not None:
                        table[number] = name.strip()
                    if kind == "ob":
                        unit = number
                    elif kind == "cob":
                        called_unit = number
                    elif kind == "fn":
                        function = number
                        graph.object_of[number] = unit
                    else:
                        called = number
                        graph.object_of.setdefault(
                            number, unit if called_unit is None else called_unit)
                        called_unit = None
                    continue
                found = CALLS.match(line)
                if found:
                    pending = int(found[1])
                elif line[0] in "0123456789+-*":
                    cost = int(line.split()[-1]) if len(line.split()) > 1 else 0
                    if pending:
                        entry = graph.calls[function, called]
                        entry[0] += cost
                        entry[1] += pending
                        pending = 0
                    else:
                        graph.own[function] += cost
        return graph

    def is_in(self, function, program):
        return self.objects.get(self.object_of.get(function), "").endswith(program)

    def shares(self, stage_of):
        """Instructions by stage.

        A function without a stage counts for its callers, for each in the proportion of what it
        spent on its behalf. Where callers have none either, that is asked of theirs, and so on.
        """
        functions = set(self.own) | {name for pair in self.calls for name in pair}
        stages = {function: stage_of(self, function) for function in functions}
        callers = defaultdict(list)
        for (caller, callee), (cost, _) in self.calls.items():
            if stages[callee] is None and caller != callee and cost:
                callers[callee].append((caller, cost))
        weights = {f: {stages[f]: 1.0} for f in functions if stages[f] is not None}
        open_ones = [f for f in functions if stages[f] is None]
        for _ in range(ROUNDS):
            change = 0.0
            for function in open_ones:
                total = sum(cost for _, cost in callers[function])
                found = defaultdict(float)
                for caller, cost in callers[function]:
                    for stage, weight in weights.get(caller, {}).items():
                        found[stage] += weight * cost / total
                before = weights.get(function, {})
                change = max([change] + [
                    abs(found.get(stage, 0) - before.get(stage, 0))
                    for stage in set(found) | set(before)])
                weights[function] = dict(found)
            if change < 1e-9:
                break
        result = defaultdict(float)
        for function, cost in self.own.items():
            known = weights.get(function, {})
            for stage, weight in known.items():
                result[stage] += weight * cost
            result["start"] += cost * (1 - sum(known.values()))
        return {stage: round(cost) for stage, cost in result.items()}

    def called(self, *names):
        """How often functions of these names were called."""
        return sum(
            count for (_, callee), (_, count) in self.calls.items() if self.names[callee] in names)
