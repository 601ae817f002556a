using VecStore.Testing;

namespace VecStore.Tests.Crash;

/// <summary>
/// The file system fails at its n-th call, for every n, once and from then on: an error of input/output, a full disk, a short read. The caller gets a
/// typed error or success; what was acknowledged is there afterwards, also after a loss of power.
/// </summary>
public sealed class FailingCallTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Fault.IoError, false)]
    [InlineData(Fault.IoError, true)]
    [InlineData(Fault.DiskFull, false)]
    [InlineData(Fault.DiskFull, true)]
    public void A_failing_write_is_a_typed_error_and_nothing_is_lost(Fault fault, bool forEver)
    {
        int calls = Run(new FaultFiles(trace: false)).Files.Calls;
        int step = CrashImage.Long ? 1 : 3;
        int failed = 0;
        for (int call = forEver ? 1 : 0; call < calls; call += step)
        {
            var files = new FaultFiles(trace: false);
            files.FailAt(call, fault, forEver);
            if (Check(files, $"{fault} at call {call}{(forEver ? " and ever after" : "")}")) failed++;
        }

        output.WriteLine($"{fault}, {(forEver ? "for ever" : "once")}: {calls} calls, {failed} runs broken off");
        Assert.True(failed > calls / step / 2, "few calls failed: the fault did not strike");
    }

    [Theory]
    [InlineData(Fault.IoError, false)]
    [InlineData(Fault.IoError, true)]
    [InlineData(Fault.ShortRead, false)]
    [InlineData(Fault.ShortRead, true)]
    public void A_failing_read_is_a_typed_error_and_nothing_is_lost(Fault fault, bool forEver)
    {
        int reads = Run(new FaultFiles(trace: false)).Files.Reads;
        int failed = 0;
        for (int read = 0; read < reads; read++)
        {
            var files = new FaultFiles(trace: false);
            files.FailReadAt(read, fault, forEver);
            if (Check(files, $"{fault} at read {read}{(forEver ? " and ever after" : "")}")) failed++;
        }

        output.WriteLine($"{fault}, {(forEver ? "for ever" : "once")}: {reads} reads, {failed} runs broken off");
        Assert.True(failed > 0, "no read failed: the fault did not strike");
    }

    /// <summary>After a failed flush the pages are in a state that nobody knows: nothing more is taken until the store was opened again.</summary>
    [Fact]
    public void After_a_failed_flush_of_the_log_no_commit_is_taken()
    {
        var files = new FaultFiles();
        using var run = new CrashRun(files);
        run.Open();
        run.Create("a", new CollectionSchema(2));
        run.Upsert("a", 1, 1);
        int commit = files.Calls;
        run.Upsert("a", 2, 2);
        int flush = Enumerable.Range(commit, files.Calls - commit).First(call => files.Describe(call).StartsWith("Flushed", StringComparison.Ordinal));
        files.FailAt(files.Calls + flush - commit, Fault.IoError);
        Assert.ThrowsAny<VecStoreException>(() => run.Store["a"].Upsert(3, [1, 2]));
        string refused = Assert.Throws<VecStoreException>(() => run.Store["a"].Upsert(4, [1, 2])).Message;
        Assert.Contains("Open it again", refused, StringComparison.Ordinal);
        Assert.Throws<VecStoreException>(() => run.Store["a"].Seal());
        Assert.Equal(2, run.Store["a"].Count);
        run.Store.Dispose();
        using VectorStore again = VectorStore.Open(CrashRun.Path, CrashRun.Options(files));
        Assert.InRange(again["a"].Count, 2, 3);
        Assert.False(again["a"].Contains(4));
        again["a"].Upsert(4, [1, 2]);
        Assert.True(again.Verify().IsClean);
    }

    /// <summary>True when the fault broke the run off.</summary>
    private static bool Check(FaultFiles files, string where)
    {
        try
        {
            using CrashRun run = Run(files);
            bool broken = run.Failure is not null;
            string?[] allowed = broken ? [run.StateBefore, run.StateAfter] : [run.StateAfter];
            run.Dispose();
            files.Heal();
            FaultFiles afterPowerLoss = files.DiskImage(PowerLoss.DropsAll, 1);
            CrashImage.Check(afterPowerLoss, allowed, Durability.Full, goOn: false, () => "after a loss of power");
            files.Kill();
            CrashImage.Check(files, allowed, Durability.Full, goOn: files.Calls % 5 == 0, () => "opened again");
            return broken;
        }
        catch (Exception failure) when (failure is not CrashPointException)
        {
            throw new CrashPointException($"{where}: {failure.Message}", failure);
        }
        catch (CrashPointException failure)
        {
            throw new CrashPointException($"{where}: {failure.Message}", failure);
        }
    }

    private static CrashRun Run(FaultFiles files)
    {
        var run = new CrashRun(files);
        try
        {
            Script(run);
        }
        catch (StepFailedException)
        {
            // The step is noted in the run.
        }

        return run;
    }

    private static void Script(CrashRun run)
    {
        run.Open();
        run.Create("a", new CollectionSchema(3) { Metric = Metric.Euclidean });
        for (int i = 0; i < 18; i++) run.Upsert("a", i % 15, i);
        run.Delete("a", 2);
        run.Step("seal", () => run.Store["a"].Seal());
        run.Delete("a", 4);
        run.Close();
        run.Open();
        run.Upsert("a", 3, 33);
        run.Kill(); // so that the next opening reads a log
        run.Open();
        run.Upsert("a", 5, 5);
        run.Step("bulk load", expected =>
        {
            for (int i = 10; i < 52; i++) expected.Upsert("a", i, Vectors.Random(i, 3));
        }, () =>
        {
            using BulkLoad load = run.Store["a"].BeginBulkLoad(new() { CheckpointRows = 20 });
            for (int i = 10; i < 52; i++) load.Append(i, Vectors.Random(i, 3));
            load.Publish();
        });
        run.Upsert("a", 6, 6);
        run.Step("compact", () => run.Store["a"].Compact());
        run.Upsert("a", 7, 7);
        run.Close();
    }
}
