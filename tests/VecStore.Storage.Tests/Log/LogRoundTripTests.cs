using VecStore.Testing;

namespace VecStore.Storage.Tests;

public class LogRoundTripTests
{
    private static readonly int[] Sizes =
        [0, 1, 3, 4, 5, 63, 256, 257, 4096 - 64 - 60, 4096 - 64 - 59, 4036, 4037, 8072, 8073, 65_536 - 60, 65_536 - 59, 65_536, 100_000, 1_000_000, 5_000_000];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Records_of_every_size_come_back_whole_and_in_order(bool small)
    {
        FaultFiles files = LogRecords.NewDisk(trace: false);
        LogGeometry geometry = small ? LogRecords.Small : LogGeometry.Default;
        using (FasterWriteAheadLog log = LogRecords.Open(files, out _, geometry: geometry))
        {
            for (int i = 0; i < Sizes.Length; i++) Assert.Equal(i + 1, log.Append(LogRecords.Record(i, Sizes[i])));
            log.Commit();
            Assert.Equal(Sizes.Length, log.CommittedSequence);
        }
        using FasterWriteAheadLog again = LogRecords.Open(files, out List<byte[]> replayed, atLeast: Sizes.Length, geometry: geometry);
        Assert.Equal(Sizes.Length, again.LastSequence);
        Assert.All(Sizes, (size, i) => Assert.Equal(LogRecords.Record(i, size), replayed[i]));
    }

    [Fact]
    public void Many_openings_make_one_log()
    {
        FaultFiles files = LogRecords.NewDisk(trace: false);
        Random random = new(1);
        List<byte[]> expected = [];
        for (int opening = 0; opening < 100; opening++)
        {
            using FasterWriteAheadLog log = LogRecords.Open(files, out List<byte[]> replayed, atLeast: expected.Count);
            Assert.Equal(expected, replayed);
            for (int i = random.Next(4); i > 0; i--)
            {
                expected.Add(LogRecords.Record(expected.Count, random.Next(3000)));
                log.Append(expected[^1]);
            }
            log.Commit();
        }
        Assert.Equal(expected, LogRecords.Replay(files));
    }

    [Fact]
    public void Opening_an_absent_log_writes_nothing()
    {
        FaultFiles files = LogRecords.NewDisk();
        int calls = files.Calls;
        using (FasterWriteAheadLog log = LogRecords.Open(files, out List<byte[]> replayed, checkpoint: 41, atLeast: 41))
        {
            Assert.Empty(replayed);
            Assert.Equal(41, log.LastSequence);
            Assert.Equal(0, log.Length);
        }
        Assert.Equal(calls, files.Calls);
    }

    [Fact]
    public void Numbers_go_on_behind_the_checkpoint_when_the_log_is_gone()
    {
        FaultFiles files = LogRecords.NewDisk();
        using (FasterWriteAheadLog log = LogRecords.Open(files, out _, checkpoint: 41, atLeast: 41))
        {
            Assert.Equal(42, log.Append([1, 2, 3]));
            log.Commit();
        }
        Assert.Equal([[1, 2, 3]], LogRecords.Replay(files, checkpoint: 41, atLeast: 42));
    }

    [Fact]
    public void Truncation_gives_the_space_back_and_replay_begins_behind_it()
    {
        FaultFiles files = LogRecords.NewDisk(trace: false);
        using FasterWriteAheadLog log = LogRecords.Open(files, out _);
        for (int i = 0; i < 100; i++) log.Append(LogRecords.Record(i, 1000));
        log.Commit();
        long full = log.Length;
        Assert.InRange(full, 100_000, 160_000);

        log.TruncateThrough(50);
        Assert.InRange(log.Length, 1, full * 6 / 10);
        List<byte[]> rest = LogRecords.Replay(files, checkpoint: 50);
        Assert.Equal(50, rest.Count);
        Assert.Equal(LogRecords.Record(50, 1000), rest[0]);

        log.TruncateThrough(100);
        Assert.Equal(0, log.Length);
        Assert.Empty(LogRecords.Replay(files, checkpoint: 100, atLeast: 100));
        Assert.Equal(101, log.Append([7]));
        log.Commit();
        Assert.Equal([[7]], LogRecords.Replay(files, checkpoint: 100, atLeast: 101));
        Assert.DoesNotContain(files.Paths, path => path.EndsWith("00000001-00000000.log", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reader_of_the_log_writes_nothing()
    {
        FaultFiles files = LogRecords.NewDisk();
        using FasterWriteAheadLog log = LogRecords.Open(files, out _);
        log.Append([1]);
        log.Commit();
        int calls = files.Calls;
        Assert.Single(LogRecords.Replay(files));
        Assert.Equal(calls, files.Calls);
    }

    [Fact]
    public void A_commit_of_nothing_and_a_second_commit_touch_no_file()
    {
        FaultFiles files = LogRecords.NewDisk();
        using FasterWriteAheadLog log = LogRecords.Open(files, out _);
        int before = files.Calls;
        log.Commit();
        Assert.Equal(before, files.Calls);
        log.Append([1]);
        log.Commit();
        int after = files.Calls;
        log.Commit();
        log.Flush();
        Assert.Equal(after, files.Calls);
    }

    [Fact]
    public void Truncating_records_that_do_not_exist_is_refused()
    {
        using FasterWriteAheadLog log = LogRecords.Open(LogRecords.NewDisk(), out _);
        log.Append([1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.TruncateThrough(2));
        Assert.Equal(2, log.Append([1])); // and the log goes on
    }

    [Fact]
    public void A_closed_log_refuses_work()
    {
        FasterWriteAheadLog log = LogRecords.Open(LogRecords.NewDisk(), out _);
        log.Append([1]);
        log.Dispose();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.Append([1]));
        Assert.Throws<ObjectDisposedException>(log.Commit);
    }

    [Fact]
    public void A_log_of_a_newer_version_is_named_as_such()
    {
        FaultFiles files = LogRecords.NewDisk();
        using (FasterWriteAheadLog log = LogRecords.Open(files, out _))
        {
            log.Append([1]);
            log.Commit();
        }
        string path = files.Paths.First(path => path.EndsWith(".log", StringComparison.Ordinal));
        byte[] header = files.Content(path)[..64];
        header[8] = 9;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(60), Crc32C.Compute(header.AsSpan(0, 60)));
        using (IStoreFile file = files.Open(path, FileAccess.ReadWrite)) file.Write(0, header);
        FormatVersionException error = Assert.Throws<FormatVersionException>(() => LogRecords.Replay(files));
        Assert.Equal((9, 1), (error.Found, error.Supported));
    }
}
