using VecStore.Testing;

namespace VecStore.Storage.Tests;

/// <summary>What the tests of the log share: small files, made-up records and a reader that checks their order.</summary>
internal static class LogRecords
{
    public const string Folder = "store/log";

    /// <summary>Pages of 4 KB, files of 16 KB: a new page or file every few records.</summary>
    public static readonly LogGeometry Small = new() { PageBits = 12, SegmentBits = 14, GrowthBytes = 4096 };

    public static FaultFiles NewDisk(bool trace = true)
    {
        FaultFiles files = new(trace);
        files.CreateFolder("store");
        files.FlushFolder("");
        return files;
    }

    public static byte[] Record(long number, int length)
    {
        byte[] record = new byte[length];
        new Random((int)(number * 7919)).NextBytes(record);
        return record;
    }

    public static FasterWriteAheadLog Open(
        IStoreFiles files, out List<byte[]> replayed, LogDurability durability = LogDurability.Full, long checkpoint = 0, long atLeast = 0, LogGeometry? geometry = null)
    {
        List<byte[]> records = [];
        replayed = records;
        return FasterWriteAheadLog.Open(files, Folder, durability, checkpoint, atLeast, (sequence, record) =>
        {
            Assert.Equal(checkpoint + records.Count + 1, sequence);
            records.Add(record.ToArray());
        }, geometry ?? Small);
    }

    public static List<byte[]> Replay(IStoreFiles files, long checkpoint = 0, long atLeast = 0)
    {
        List<byte[]> records = [];
        long last = FasterWriteAheadLog.Replay(files, Folder, checkpoint, atLeast, (sequence, record) =>
        {
            Assert.Equal(checkpoint + records.Count + 1, sequence);
            records.Add(record.ToArray());
        });
        Assert.Equal(checkpoint + records.Count, last);
        return records;
    }
}
