using System.Globalization;
using VecStore.Victim;

namespace VecStore.Tests.Kill;

/// <summary>
/// A process that upserts, deletes, seals, compacts, bulk loads and rebuilds is killed (SIGKILL) at a random moment, again and again on the same store.
/// What it acknowledged is there; the operation under way is there whole or not at all.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1" ? 200 : 20;

    [Fact]
    public void After_every_kill_all_acknowledged_commits_are_there_and_nothing_is_torn()
    {
        using var folder = new TemporaryFolder();
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var expected = new Contents();
        expected.Create(KillScript.Collection, KillScript.Schema.Fields);
        long next = 0;
        long inFlight = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            long acknowledged = next - 1;
            using (var victim = new ChildProcess(null, "write", folder.Path, next.ToString(CultureInfo.InvariantCulture)))
            {
                if (victim.Next() != "open") Assert.Fail($"seed {seed}, kill {kill}: the process did not open the store: {victim.Errors}");
                int least = kill % 4 == 0 ? 0 : random.Next(1, 60);
                for (int i = 0; i < least; i++) acknowledged = long.Parse(victim.Next() ?? throw new InvalidOperationException(victim.Errors), CultureInfo.InvariantCulture);
                Thread.Sleep(random.Next(40));
                foreach (string line in victim.Kill()) acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
                Assert.True(victim.Errors.Trim().Length == 0, $"seed {seed}, kill {kill}: {victim.Errors}");
            }

            for (; next <= acknowledged; next++) Apply(expected, next);
            string without = expected.ToString();
            using VectorStore store = VectorStore.Open(folder.Path, new() { Maintenance = Maintenance.Manual });
            string found = Contents.Of(store);
            if (found != without)
            {
                Apply(expected, next++);
                inFlight++;
                Assert.True(found == expected.ToString(), $"seed {seed}, kill {kill}, acknowledged up to {acknowledged}: neither that nor with the one after\n{found}\n\n{without}");
            }
            else if (KillScript.ChangesOf(next).Count == 0)
            {
                next++; // it may or may not have been done: it moves rows only
            }

            VerifyReport report = store.Verify();
            Assert.True(report.IsClean, $"seed {seed}, kill {kill}: {string.Join("; ", report.Damages)}");
        }

        output.WriteLine($"{Kills} kills, {next} operations acknowledged, {inFlight} times the one under way was there too");
        Assert.True(next > Kills);
    }

    /// <summary>Threads that commit together share flushes: each finds what was acknowledged to it, in its order, and at most the one commit more that was under way.</summary>
    [Fact]
    public void After_every_kill_of_committing_threads_each_finds_what_was_acknowledged_to_it()
    {
        const int Threads = 6;
        using var folder = new TemporaryFolder();
        int seed = Environment.TickCount;
        var random = new Random(seed);
        long[] next = [.. Enumerable.Range(0, Threads)]; // the key that each thread writes next
        long more = 0;
        for (int kill = 0; kill < Kills / 2; kill++)
        {
            using (var victim = new ChildProcess(null, "threads", folder.Path, Threads.ToString(CultureInfo.InvariantCulture)))
            {
                if (victim.Next() != "open") Assert.Fail($"seed {seed}, kill {kill}: the process did not open the store: {victim.Errors}");
                IEnumerable<string> said = Enumerable.Range(0, random.Next(1, 60)).Select(_ => victim.Next() ?? throw new InvalidOperationException(victim.Errors)).ToArray();
                Thread.Sleep(random.Next(40));
                foreach (string line in said.Concat(victim.Kill()))
                {
                    long key = long.Parse(line, CultureInfo.InvariantCulture);
                    Assert.Equal(next[key % Threads], key);
                    next[key % Threads] += Threads;
                }

                Assert.True(victim.Errors.Trim().Length == 0, $"seed {seed}, kill {kill}: {victim.Errors}");
            }

            using VectorStore store = VectorStore.Open(folder.Path, new() { Maintenance = Maintenance.Manual });
            using Snapshot snapshot = store[KillScript.Collection].TakeSnapshot();
            var rows = new List<long>();
            foreach (ScannedRow row in snapshot.Scan()) rows.Add(row.Key.Int64);
            var found = new long[Threads];
            for (int i = 0; i < rows.Count; i += 2)
            {
                long key = rows[i];
                Assert.True(i + 1 < rows.Count && rows[i + 1] == -1 - key, $"seed {seed}, kill {kill}: the commit of {key} is torn");
                Assert.True(found[key % Threads]++ == key / Threads, $"seed {seed}, kill {kill}: {key} is not in the order of its thread");
            }

            for (int thread = 0; thread < Threads; thread++)
            {
                long acknowledged = next[thread] / Threads;
                Assert.True(found[thread] - acknowledged is 0 or 1, $"seed {seed}, kill {kill}, thread {thread}: {acknowledged} were acknowledged, {found[thread]} are there");
                more += found[thread] - acknowledged;
                next[thread] = (found[thread] * Threads) + thread;
            }

            VerifyReport report = store.Verify();
            Assert.True(report.IsClean, $"seed {seed}, kill {kill}: {string.Join("; ", report.Damages)}");
        }

        output.WriteLine($"{Kills / 2} kills of {Threads} threads, {next.Sum(key => key / Threads)} commits, {more} times the one under way was there too");
        Assert.True(next.Sum() > Kills);
    }

    private static void Apply(Contents contents, long n)
    {
        foreach ((long key, float[]? vector) in KillScript.ChangesOf(n))
        {
            if (vector is null) contents.Delete(KillScript.Collection, key);
            else contents.Upsert(KillScript.Collection, key, vector, new() { ["n"] = n });
        }
    }
}
