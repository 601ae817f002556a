using System.Globalization;
using VecStore.Tests.Kill;

namespace VecStore.Tests.Concurrency;

/// <summary>One process writes, others read; a second writer is told who has the store.</summary>
public sealed class ProcessTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_is_told_who_holds_the_store_and_a_killed_holder_does_not()
    {
        using (VectorStore.Open(_folder.Path, new() { CreateIfMissing = true }))
        {
            StoreLockedException self = Assert.Throws<StoreLockedException>(() => VectorStore.Open(_folder.Path));
            Assert.Contains($"process {Environment.ProcessId} ", self.Holder, StringComparison.Ordinal);
        }

        using (var victim = new ChildProcess(null, "hold", _folder.Path))
        {
            Assert.Equal("open", victim.Next());
            StoreLockedException other = Assert.Throws<StoreLockedException>(() => VectorStore.Open(_folder.Path));
            Assert.Contains($"process {victim.Id} ", other.Message, StringComparison.Ordinal);
            using (VectorStore reader = VectorStore.Open(_folder.Path, new() { ReadOnly = true })) Assert.True(reader.Verify().IsClean);
            victim.Kill();
        }

        using VectorStore free = VectorStore.Open(_folder.Path);
        Assert.True(free.Verify().IsClean);
    }

    /// <summary>Each commit of the writer writes all rows with its number.</summary>
    [Fact]
    public void Readers_in_another_process_see_whole_commits_while_a_writer_commits_seals_and_compacts()
    {
        const int rounds = 200;
        using var victim = new ChildProcess(null, "generations", _folder.Path);
        long acknowledged = long.Parse(victim.Next() ?? throw new InvalidOperationException(victim.Errors), CultureInfo.InvariantCulture);
        long seen = 0;
        int distinct = 0;
        for (int round = 0; round < rounds; round++)
        {
            using VectorStore reader = VectorStore.Open(_folder.Path, new() { ReadOnly = true });
            using Snapshot snapshot = reader["g"].TakeSnapshot();
            Assert.Equal(10, snapshot.Count);
            var generations = new HashSet<long>();
            var keys = new HashSet<long>();
            float[] vector = new float[3];
            foreach (ScannedRow row in snapshot.Scan())
            {
                row.ReadVector(vector);
                generations.Add(row.Fields["g"].AsInt64());
                generations.Add((long)vector[0]);
                Assert.True(keys.Add(row.Key.Int64));
                Assert.Equal(row.Key.Int64, (long)vector[1]);
            }

            long generation = Assert.Single(generations);
            Assert.True(generation >= acknowledged, $"round {round}: generation {acknowledged} was acknowledged before the store was opened, {generation} was seen");
            Assert.True(generation >= seen);
            if (generation > seen) distinct++;
            seen = generation;
            if (round % 40 == 0) Assert.True(reader.Verify().IsClean);
            acknowledged = long.Parse(victim.Next() ?? throw new InvalidOperationException($"{victim.HasExited}: {victim.Errors}"), CultureInfo.InvariantCulture);
        }

        foreach (string line in victim.Kill()) acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
        output.WriteLine($"{rounds} openings, {distinct} different states, {acknowledged} commits");
        Assert.True(distinct > rounds / 10);
    }
}
