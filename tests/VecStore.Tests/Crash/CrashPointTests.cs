using VecStore.Testing;

namespace VecStore.Tests.Crash;

/// <summary>
/// Every call to the disk of every workload is a crash point: the machine stops before it, and what was not flushed is kept, dropped or torn. The image
/// opens to the last state that was acknowledged, or to that with the one step that was under way: whole, never less, never torn.
/// </summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    private static readonly PowerLoss[] Losses = Enum.GetValues<PowerLoss>();

    public static TheoryData<string> Names => [.. Workloads.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_crash_point_opens_to_an_acknowledged_state(string workload)
    {
        using CrashRun run = Run(workload, Durability.Full);
        int images = 0;
        int seeds = CrashImage.Long ? 6 : 1;
        for (int call = 0; call <= run.Files.Calls; call++)
        {
            foreach (PowerLoss loss in Losses)
            {
                bool random = loss is PowerLoss.KeepsPrefix or PowerLoss.TearsSectors or PowerLoss.TearsPages;
                for (int repeat = 0; repeat < (random ? seeds : 1); repeat++)
                {
                    int seed = (call * 31) + repeat;
                    FaultFiles image = run.Files.ImageAfter(call, loss, seed);
                    bool goOn = (call + (int)loss) % (CrashImage.Long ? 3 : 11) == 0;
                    CrashImage.Check(image, run.Allowed(call), Durability.Full, goOn, () => $"{workload}, {run.Describe(call)}, {loss}, seed {seed}");
                    images++;
                }
            }
        }

        output.WriteLine($"{workload}: {run.Files.Calls} calls, {images} images");
    }

    /// <summary>At the level Os a commit survives the death of the process; after a loss of power there is a prefix of what was committed.</summary>
    [Theory]
    [InlineData("upserts and deletes")]
    [InlineData("batches and fields")]
    [InlineData("two collections")]
    [InlineData("death and recovery")]
    [InlineData("large records")]
    [InlineData("committing threads")]
    public void At_the_level_Os_a_death_loses_nothing_and_a_loss_of_power_leaves_a_prefix(string workload)
    {
        using CrashRun run = Run(workload, Durability.Os);
        int images = 0;
        var earlier = new List<string?> { null };
        int step = 0;
        for (int call = 0; call <= run.Files.Calls; call++)
        {
            while (step < run.Steps.Count && run.Steps[step].Before < call) earlier.Add(run.Steps[step++].State);
            string Where(string what, int seed) => $"{workload} at Os, {run.Describe(call)}, {what}, seed {seed}";
            CrashImage.Check(run.Files.ImageAfter(call, PowerLoss.KeepsAll, 0), run.Allowed(call), Durability.Os, call % 11 == 0, () => Where("death", 0));
            foreach (PowerLoss loss in Losses)
            {
                if (loss == PowerLoss.KeepsAll) continue;
                CrashImage.Check(run.Files.ImageAfter(call, loss, call), earlier, Durability.Os, (call + (int)loss) % 23 == 0, () => Where(loss.ToString(), call));
                images++;
            }

            images++;
        }

        output.WriteLine($"{workload} at Os: {run.Files.Calls} calls, {images} images");
    }

    /// <summary>Compound: the recovery from a crash is itself a workload, and stops at each of its calls.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_crash_during_the_recovery_from_a_crash_loses_nothing(string workload)
    {
        using CrashRun run = Run(workload, Durability.Full);
        int images = 0;
        int apart = CrashImage.Long ? 3 : 29;
        for (int call = apart / 2; call <= run.Files.Calls; call += apart)
        {
            PowerLoss loss = Losses[call % Losses.Length];
            FaultFiles image = run.Files.ImageAfter(call, loss, call, trace: true);
            if (!image.Exists(CrashRun.Path + "/manifest")) continue;
            string before;
            int opened;
            string after;
            using (VectorStore store = VectorStore.Open(CrashRun.Path, CrashRun.Options(image)))
            {
                opened = image.Calls;
                before = Contents.Of(store);
                Assert.Contains(before, run.Allowed(call));
                // One commit, so that there is one state before and one after.
                VectorCollection? changed = store.Collections.Select(name => store[name]).FirstOrDefault(collection => collection.Schema.KeyKind == KeyKind.Int64);
                changed?.Upsert(1, Vectors.Random(call, changed.Schema.Dimension));

                after = Contents.Of(store);
            }

            for (int second = 0; second <= image.Calls; second++)
            {
                PowerLoss then = Losses[(call + second) % Losses.Length];
                FaultFiles twice = image.ImageAfter(second, then, second);
                var allowed = new List<string?> { before };
                if (second > opened) allowed.Add(after);
                CrashImage.Check(twice, allowed, Durability.Full, second % 13 == 0,
                    () => $"{workload}, {run.Describe(call)}, {loss}; then {image.Describe(second)}, {then}, seed {second}");
                images++;
            }
        }

        output.WriteLine($"{workload}: {images} images of crashes in recoveries");
    }

    private static CrashRun Run(string workload, Durability durability)
    {
        var run = new CrashRun(new FaultFiles(), durability);
        Workloads.All[workload](run);
        return run;
    }
}
