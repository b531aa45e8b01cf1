#!/usr/bin/env python3
"""Add up the JUnit reports of several test runs and print one line of counts.

    scripts/counts.py build/junit/test.xml ...

Exit code 1 when a report is missing or empty, or when a test failed or was skipped: a test that needs Node, Chromium,
WeasyPrint or PostgreSQL must have run.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(reports: list[str]) -> int:
    total = failed = skipped = 0
    code = 0
    for report in reports:
        if not Path(report).is_file():
            print(f"{report} was not written", file=sys.stderr)
            code = 1
            continue
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
        ran = sum(int(suite.get("tests", 0)) for suite in suites)
        if ran == 0:
            print(f"{report} holds no test", file=sys.stderr)
            code = 1
        total += ran
        failed += sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
        for case in (case for suite in suites for case in suite.iter("testcase")):
            for bad in (*case.findall("failure"), *case.findall("error")):
                cause = (bad.get("message") or "").strip().partition("\n")[0]
                print(f"failed: {case.get('classname')}.{case.get('name')}: {cause[:300]}")
            if (skip := case.find("skipped")) is not None:
                skipped += 1
                print(f"skipped: {case.get('classname')}.{case.get('name')}: {skip.get('message')}", file=sys.stderr)
    line = f"{total - failed - skipped} passed, {failed} failed"
    print(f"{line}, {skipped} skipped" if skipped else line)
    return 1 if failed or skipped else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
