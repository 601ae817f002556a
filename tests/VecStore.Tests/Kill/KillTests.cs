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

    private static void Apply(Contents contents, long n)
    {
        foreach ((long key, float[]? vector) in KillScript.ChangesOf(n))
        {
            if (vector is null) contents.Delete(KillScript.Collection, key);
            else contents.Upsert(KillScript.Collection, key, vector, new() { ["n"] = n });
        }
    }
}
