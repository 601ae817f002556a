using System.Collections.Concurrent;
using VecStore.Testing;

namespace VecStore.Storage.Tests;

public class LogThreadTests
{
    private const int Threads = 8, Each = 40;

    [Fact]
    public void What_threads_committed_at_once_survives_a_loss_of_power_at_any_call()
    {
        FaultFiles files = LogRecords.NewDisk();
        ConcurrentBag<(int Calls, long Sequence, byte[] Record)> acknowledged = [];
        using (FasterWriteAheadLog log = LogRecords.Open(files, out _))
        {
            Run(Threads, thread =>
            {
                for (int i = 0; i < Each; i++)
                {
                    byte[] record = LogRecords.Record((thread * 1000) + i, (i * 37) % 900);
                    long sequence = log.Append(record);
                    log.Commit();
                    acknowledged.Add((files.Calls, sequence, record));
                }
            });
        }
        Assert.Equal(Threads * Each, acknowledged.Select(entry => entry.Sequence).Distinct().Count());
        for (int calls = 2; calls <= files.Calls; calls += 1 + (files.Calls / 150))
        {
            foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
            {
                List<byte[]> found = LogRecords.Replay(files.ImageAfter(calls, loss, seed: calls));
                foreach ((int at, long sequence, byte[] record) in acknowledged)
                {
                    if (at <= calls) Assert.True(sequence <= found.Count && found[(int)sequence - 1].AsSpan().SequenceEqual(record), $"record {sequence}, {loss} at call {calls}");
                }
            }
        }
    }

    [Fact]
    public void Readers_see_every_acknowledged_record_while_a_writer_appends()
    {
        using TestFolder folder = new();
        DiskFiles files = new();
        string path = folder.Path("log");
        long acknowledged = 0;
        bool done = false;
        using FasterWriteAheadLog log = FasterWriteAheadLog.Open(files, path, LogDurability.Os, 0, 0, static (_, _) => { }, LogRecords.Small);
        int rounds = 0;
        Run(3, thread =>
        {
            if (thread == 0)
            {
                for (int i = 0; i < 3000; i++)
                {
                    log.Append(LogRecords.Record(i, i % 1500));
                    log.Commit();
                    Volatile.Write(ref acknowledged, i + 1);
                }
                log.Flush();
                Volatile.Write(ref done, true);
                return;
            }
            while (!Volatile.Read(ref done))
            {
                long atLeast = Volatile.Read(ref acknowledged), next = 0;
                long last = FasterWriteAheadLog.Replay(files, path, 0, 0, (sequence, record) =>
                {
                    Assert.Equal(++next, sequence);
                    Assert.True(record.SequenceEqual(LogRecords.Record(sequence - 1, (int)(sequence - 1) % 1500)), $"record {sequence}");
                });
                Assert.True(last >= atLeast, $"{last} of {atLeast}");
                Interlocked.Increment(ref rounds);
            }
        });
        Assert.True(rounds > 2);
    }

    private static void Run(int threads, Action<int> work)
    {
        ConcurrentQueue<Exception> errors = [];
        Thread[] running = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            try
            {
                work(thread);
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
            }
        }))];
        foreach (Thread thread in running) thread.Start();
        foreach (Thread thread in running) thread.Join();
        Assert.Empty(errors);
    }
}
