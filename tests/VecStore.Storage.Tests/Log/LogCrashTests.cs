using VecStore.Testing;

namespace VecStore.Storage.Tests;

public class LogCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(LogDurability.Full)]
    [InlineData(LogDurability.Os)]
    public void Every_acknowledged_record_survives_a_loss_of_power_at_every_call(LogDurability durability)
    {
        int images = 0;
        for (int seed = 1; seed <= 3; seed++)
        {
            LogWorkload workload = new(LogRecords.NewDisk(), durability, seed, steps: 60);
            for (int calls = 2; calls <= workload.Files.Calls; calls++)
            {
                foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
                {
                    FaultFiles image = workload.Files.ImageAfter(calls, loss, seed: calls + seed);
                    workload.Check(image, calls, $"seed {seed}, {loss}", losesUnflushed: loss != PowerLoss.KeepsAll);
                    images++;
                }
            }
        }
        output.WriteLine($"{images} images");
    }

    [Fact]
    public void A_second_loss_of_power_during_recovery_loses_nothing_either()
    {
        for (int seed = 100; seed < 103; seed++)
        {
            LogWorkload workload = new(LogRecords.NewDisk(), LogDurability.Full, seed, steps: 30);
            foreach (PowerLoss first in Enum.GetValues<PowerLoss>())
            {
                int calls = workload.Files.Calls;
                FaultFiles once = workload.Files.ImageAfter(calls, first, seed, trace: true);
                workload.Check(once, calls, $"seed {seed}, {first}", losesUnflushed: true, truncates: false); // appends and commits a record: the calls to cut
                for (int second = 0; second < once.Calls; second++)
                {
                    foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
                    {
                        FaultFiles twice = once.ImageAfter(second, loss, seed + second);
                        using FasterWriteAheadLog log = LogRecords.Open(twice, out _, checkpoint: workload.Checkpoint);
                        Assert.True(log.LastSequence >= workload.Acknowledged, $"seed {seed}, {first} then {loss} at call {second}");
                    }
                }
            }
        }
    }
}
