using VecStore.Testing;

namespace VecStore.Storage.Tests;

/// <summary>The simulated disk must be as unkind as promised, and no more: else the crash tests show nothing.</summary>
public class FaultFilesTests
{
    [Fact]
    public void What_was_flushed_survives_every_loss_of_power()
    {
        FaultFiles files = new();
        Write(files, "a", 5000, 1, flush: true);
        files.FlushFolder("");
        Write(files, "b", 10, 2, flush: true);
        foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
        {
            for (int seed = 0; seed < 20; seed++) Assert.Equal(Bytes(5000, 1), files.DiskImage(loss, seed).Content("a"));
        }
        Assert.False(files.DiskImage(PowerLoss.DropsAll, 0).Exists("b")); // its name was not flushed
        Assert.Equal(Bytes(10, 2), files.DiskImage(PowerLoss.KeepsNames, 0).Content("b")); // its data was
    }

    [Fact]
    public void An_unflushed_write_is_lost_kept_or_torn_at_block_boundaries()
    {
        FaultFiles files = new();
        Write(files, "a", 8192, 1, flush: true);
        files.FlushFolder("");
        using IStoreFile file = files.Open("a", FileAccess.ReadWrite);
        file.Write(0, Bytes(8192, 2));
        HashSet<string> seen = [];
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] content = files.DiskImage(PowerLoss.TearsSectors, seed).Content("a");
            seen.Add(string.Concat(content.Chunk(512).Select(block => block.All(b => b == block[0]) ? $"{block[0]}" : "x")));
        }
        Assert.DoesNotContain(seen, blocks => blocks.Contains('x', StringComparison.Ordinal));
        Assert.Contains(new string('1', 16), seen);
        Assert.Contains(new string('2', 16), seen);
        Assert.True(seen.Count > 50);
        Assert.Equal(Bytes(8192, 1), files.DiskImage(PowerLoss.DropsAll, 0).Content("a"));
        Assert.Equal(Bytes(8192, 2), files.KillImage().Content("a"));
    }

    [Fact]
    public void A_rename_whose_folder_was_not_flushed_shows_the_old_file_the_new_one_or_an_empty_one()
    {
        FaultFiles files = new();
        Write(files, "manifest", 100, 1, flush: true);
        files.FlushFolder("");
        Write(files, "manifest.new", 200, 2, flush: false); // the flush is missing
        files.Rename("manifest.new", "manifest");
        Assert.Equal(Bytes(100, 1), files.DiskImage(PowerLoss.DropsAll, 0).Content("manifest"));
        Assert.Empty(files.DiskImage(PowerLoss.KeepsNames, 0).Content("manifest"));
        Assert.Equal(Bytes(200, 2), files.DiskImage(PowerLoss.KeepsAll, 0).Content("manifest"));
        files.FlushFolder("");
        Assert.Empty(files.DiskImage(PowerLoss.DropsAll, 0).Content("manifest"));
    }

    [Fact]
    public void A_new_folder_is_lost_with_all_in_it_until_the_folder_above_is_flushed()
    {
        FaultFiles files = new();
        files.CreateFolder("store/log");
        Write(files, "store/log/x", 10, 1, flush: true);
        files.FlushFolder("store/log");
        files.FlushFolder("store");
        Assert.Empty(files.DiskImage(PowerLoss.DropsAll, 0).Paths);
        files.FlushFolder("");
        Assert.Equal(["store/log/x"], files.DiskImage(PowerLoss.DropsAll, 0).Paths);
    }

    [Fact]
    public void Images_of_earlier_calls_are_those_that_a_crash_there_would_have_left()
    {
        FaultFiles whole = new();
        Work(whole);
        for (int call = 0; call < whole.Calls; call++)
        {
            FaultFiles cut = new();
            cut.CrashAt(call);
            Assert.Throws<PowerCutException>(() => Work(cut));
            Assert.Throws<PowerCutException>(() => cut.Exists("a"));
            foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
            {
                FaultFiles one = cut.DiskImage(loss, call), other = whole.ImageAfter(call, loss, call);
                Assert.Equal(one.Paths, other.Paths);
                Assert.All(one.Paths, path => Assert.Equal(one.Content(path), other.Content(path)));
            }
        }

        static void Work(FaultFiles files)
        {
            files.CreateFolder("f");
            Write(files, "f/a", 3000, 1, flush: true);
            Write(files, "f/b", 3000, 2, flush: false);
            files.FlushFolder("f");
            files.Rename("f/b", "f/a");
            using IStoreFile file = files.Open("f/a", FileAccess.ReadWrite);
            file.SetLength(1000);
            file.Write(500, Bytes(700, 3));
            files.Delete("f/a");
            files.FlushFolder("");
        }
    }

    [Fact]
    public void After_a_kill_the_cache_is_still_there_and_open_files_and_locks_are_not()
    {
        FaultFiles files = new();
        IStoreFile file = files.Create("a");
        file.Write(0, Bytes(10, 1));
        Assert.NotNull(files.TryLock("lock", "me"));
        Assert.Null(files.TryLock("lock", "you"));
        files.Kill();
        Assert.Throws<PowerCutException>(() => file.Write(0, Bytes(10, 2)));
        Assert.Equal(Bytes(10, 1), files.Content("a"));
        Assert.False(files.DiskImage(PowerLoss.DropsAll, 0).Exists("a"));
        using IDisposable? again = files.TryLock("lock", "you");
        Assert.NotNull(again);
    }

    [Fact]
    public void A_map_outlives_its_name_and_forbids_writing()
    {
        FaultFiles files = new();
        Write(files, "a", 100, 1, flush: true);
        using IMappedFile map = files.Map("a");
        using IStoreFile file = files.Open("a", FileAccess.ReadWrite);
        Assert.Throws<InvalidOperationException>(() => file.Write(0, [9]));
        Assert.Throws<InvalidOperationException>(() => file.SetLength(1));
        files.Delete("a");
        unsafe
        {
            Assert.Equal(0, (nint)map.Base % 4096);
            Assert.Equal(Bytes(100, 1), new ReadOnlySpan<byte>(map.Base, (int)map.Length).ToArray());
        }
    }

    [Fact]
    public void A_fault_strikes_once_or_for_ever()
    {
        FaultFiles files = new();
        files.FailAt(1, Fault.IoError);
        IStoreFile file = files.Create("a");
        Assert.Throws<InjectedFaultException>(() => file.Write(0, Bytes(10, 1)));
        file.Write(0, Bytes(10, 2));
        files.FailAt(files.Calls, Fault.DiskFull, forEver: true);
        Assert.Throws<InjectedFaultException>(() => file.Write(10, Bytes(10, 3)));
        Assert.Equal(15, file.Length); // half of the write was done
        Assert.Throws<InjectedFaultException>(file.Flush);
        files.Heal();
        files.FailReadAt(files.Reads, Fault.ShortRead);
        Assert.Equal(5, file.Read(0, new byte[10]));
        Assert.Equal(10, file.Read(0, new byte[10]));
    }

    private static byte[] Bytes(int length, byte value)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static void Write(FaultFiles files, string path, int length, byte value, bool flush)
    {
        using IStoreFile file = files.Create(path);
        file.Write(0, Bytes(length, value));
        if (flush) file.Flush();
    }
}
