import json, sys


class Counter:
    def __init__(self):  # once, when the worker opens
        self.seen = 0

    def run(self, text):  # for each job
        self.seen += 1
        return {"words": len(text.split()), "job": self.seen}

    def close(self):  # once, when there are no more
        print(f"closed after {self.seen} jobs", file=sys.stderr)


worker = Counter()
for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {"id": asked["id"], "result": worker.run(asked["job"])}
    except Exception as e:
        answer = {"id": asked["id"], "failed": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
worker.close()
