using VecStore.Testing;

namespace VecStore.Storage.Tests;

/// <summary>A log of 63 records in three runs and several files, committed three at a time, is damaged in one place; the last opening ended by a kill.</summary>
public class LogDamageTests(ITestOutputHelper output)
{
    private const int Records = 63, Group = 3;

    [Fact]
    public void One_flipped_bit_anywhere_is_an_error_or_changes_nothing()
    {
        FaultFiles files = Build();
        Random random = new(20);
        int errors = 0, harmless = 0;
        foreach (string path in files.Paths)
        {
            int length = files.Content(path).Length;
            for (int at = 0; at < length; at += 1 + random.Next(2))
            {
                if (at is >= 64 and < LogFormat.HeaderBytes && at % 64 != 0) continue; // unused bytes of the header
                long bit = (8L * at) + random.Next(8);
                Damage.FlipBit(files, path, bit);
                if (IsErrorOrUnchanged(files, $"bit {bit} of {path}", path)) errors++;
                else harmless++;
                Damage.FlipBit(files, path, bit);
            }
        }
        output.WriteLine($"{errors} errors, {harmless} harmless");
        Assert.True(errors > Records * 200, "half of the payloads alone are more");
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void A_block_of_zeros_or_from_elsewhere_is_an_error_or_changes_nothing(int block)
    {
        FaultFiles sound = Build();
        int errors = 0;
        foreach (string path in sound.Paths)
        {
            int length = sound.Content(path).Length;
            for (int at = 0; at < length; at += block)
            {
                FaultFiles files = sound.KillImage();
                Damage.Zero(files, path, at, block);
                if (IsErrorOrUnchanged(files, $"zeros at {at} of {path}", path)) errors++;
                for (int from = 0; from < length; from += 3 * block)
                {
                    files = sound.KillImage();
                    Damage.CopyBlock(files, path, from, at, block);
                    if (IsErrorOrUnchanged(files, $"block {from} at {at} of {path}", path)) errors++;
                }
            }
        }
        Assert.True(errors > 20, $"only {errors} errors");
    }

    [Fact]
    public void A_file_cut_short_or_lost_is_an_error_or_changes_nothing()
    {
        FaultFiles sound = Build();
        int errors = 0;
        foreach (string path in sound.Paths)
        {
            for (int length = sound.Content(path).Length - 1; length >= 0; length -= 511)
            {
                FaultFiles files = sound.KillImage();
                Damage.Truncate(files, path, length);
                if (IsErrorOrUnchanged(files, $"{path} cut at {length}", null)) errors++;
            }
            FaultFiles without = sound.KillImage();
            without.Delete(path);
            Assert.Equal(path.EndsWith(".log", StringComparison.Ordinal), IsErrorOrUnchanged(without, $"without {path}", null));
        }
        Assert.True(errors > 50);
    }

    [Fact]
    public void Without_the_note_only_the_last_flush_can_be_lost_unnoticed()
    {
        FaultFiles sound = Build();
        sound.Delete(LogRecords.Folder + "/acknowledged");
        int shorter = 0;
        foreach (string path in sound.Paths)
        {
            int length = sound.Content(path).Length;
            for (int at = 0; at < length; at += 37)
            {
                Damage.FlipBit(sound, path, 8L * at);
                try
                {
                    int found = ReplayOnce(sound);
                    Assert.InRange(found, Records - Group, Records);
                    if (found < Records) shorter++;
                    // What the manifest of a clean close knows closes the gap.
                    if (found < Records) Assert.Throws<StoreCorruptException>(() => ReplayOnce(sound, atLeast: Records));
                }
                catch (StoreCorruptException)
                {
                    // damage noticed
                }
                Damage.FlipBit(sound, path, 8L * at);
            }
        }
        Assert.NotEqual(0, shorter); // else this test shows nothing
    }

    [Fact]
    public void A_lost_folder_is_an_error_when_the_manifest_knows_of_records()
    {
        StoreCorruptException error = Assert.Throws<StoreCorruptException>(
            () => LogRecords.Open(LogRecords.NewDisk(), out _, checkpoint: 5, atLeast: 9));
        Assert.Contains("record 6", error.Expected, StringComparison.Ordinal);
        Assert.Contains("no file", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_to_records_that_the_checkpoint_covers_does_not_matter()
    {
        FaultFiles files = Build();
        string first = files.Paths[0];
        Damage.FlipBit(files, first, 8 * (LogFormat.HeaderBytes + 64 + 100));
        Assert.Throws<StoreCorruptException>(() => ReplayOnce(files));
        using FasterWriteAheadLog log = LogRecords.Open(files, out List<byte[]> rest, checkpoint: 10, atLeast: Records);
        Assert.Equal(Records - 10, rest.Count);
    }

    [Fact]
    public void An_opening_that_finds_damage_writes_nothing()
    {
        FaultFiles files = Build();
        Damage.FlipBit(files, files.Paths[0], 8 * (LogFormat.HeaderBytes + 64 + 100));
        int calls = files.Calls;
        Assert.Throws<StoreCorruptException>(() => LogRecords.Open(files, out _));
        Assert.Equal(calls, files.Calls);
    }

    private static FaultFiles Build()
    {
        FaultFiles files = LogRecords.NewDisk(trace: false);
        int number = 0;
        for (int opening = 0; opening < 3; opening++)
        {
            using FasterWriteAheadLog log = LogRecords.Open(files, out _);
            while (number < Records * (opening + 1) / 3)
            {
                log.Append(LogRecords.Record(number, number == 31 ? 9000 : 400));
                if (++number % Group == 0) log.Commit();
            }
        }
        return files;
    }

    private static int ReplayOnce(FaultFiles files, long atLeast = 0)
    {
        int count = 0;
        LogReplay.Run(files, LogRecords.Folder, 0, atLeast, (sequence, record) =>
        {
            Assert.Equal(++count, sequence);
            if (!record.SequenceEqual(LogRecords.Record(sequence - 1, sequence == 32 ? 9000 : 400))) Assert.Fail($"record {sequence} is another one");
        });
        return count;
    }

    private static bool IsErrorOrUnchanged(FaultFiles files, string damage, string? path)
    {
        try
        {
            int found = ReplayOnce(files);
            Assert.True(found == Records, $"{damage}: {found} of {Records} records and no error");
            return false;
        }
        catch (StoreCorruptException error)
        {
            Assert.True(path is null || error.File == path, $"{damage}: blamed on {error.File} at {error.Offset}");
            return true;
        }
    }
}
