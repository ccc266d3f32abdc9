"""Does with multiprocessing.Pool what ProcessBenchmark does with ours: a line says what, and how often."""

import multiprocessing
import sys


def plus_one(number):
    return number + 1


def main():
    one = multiprocessing.Pool(1)
    two = multiprocessing.Pool(2)
    for line in sys.stdin:
        what, count = line.split()
        jobs = range(int(count))
        if what == "roundTrip":
            results = [one.apply(plus_one, (job,)) for job in jobs]
        elif what == "submit":
            pending = [two.apply_async(plus_one, (job,)) for job in jobs]
            results = [each.get() for each in pending]
        elif what == "bulk":
            results = two.map(plus_one, jobs)
        elif what == "open":
            pool = multiprocessing.Pool(len(jobs))
            results = pool.map(plus_one, jobs, 1)
            pool.close()
            pool.join()
        else:
            sys.exit("what is " + what + "?")
        print(sum(results), flush=True)


if __name__ == "__main__":
    main()
