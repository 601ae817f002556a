namespace VecStore.Storage.Tests.Files;

/// <summary>The contract of the seam, held by the calls of Linux (where they are) and by the portable ones.</summary>
public sealed class StoreFilesTests
{
    public static TheoryData<string> Systems => OperatingSystem.IsLinux() ? ["linux", "portable"] : ["portable"];

    [Theory, MemberData(nameof(Systems))]
    public void What_was_written_is_read_back_at_any_place(string system)
    {
        using TestFolder folder = new();
        IStoreFiles files = Of(system);
        using (IStoreFile file = files.Create(folder.Path("f")))
        {
            file.Write(10, [1, 2, 3]);
            file.Write(0, [9]);
            file.Flush();
            Assert.Equal(13, file.Length);
            byte[] read = new byte[20];
            Assert.Equal(13, file.Read(0, read));
            Assert.Equal([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], read[..13]);
            Assert.Equal(0, file.Read(13, read));
            Assert.Equal(1, file.Read(12, read));
        }
        using (IStoreFile file = files.Open(folder.Path("f"), FileAccess.ReadWrite)) file.Write(13, [4]);
        using (IStoreFile file = files.Open(folder.Path("f"), FileAccess.Read))
        {
            Assert.Equal(14, file.Length);
            Assert.ThrowsAny<Exception>(() => file.Write(0, [1]));
        }
        using (IStoreFile file = files.Create(folder.Path("f"))) Assert.Equal(0, file.Length);
    }

    [Theory, MemberData(nameof(Systems))]
    public void Lengths_are_set_with_and_without_space(string system)
    {
        using TestFolder folder = new();
        using IStoreFile file = Of(system).Create(folder.Path("f"));
        file.Write(0, [7, 7, 7]);
        foreach (bool allocate in (bool[])[false, true])
        {
            file.SetLength(100_000, allocate);
            Assert.Equal(100_000, file.Length);
            byte[] tail = new byte[10];
            Assert.Equal(10, file.Read(50_000, tail));
            Assert.All(tail, value => Assert.Equal(0, value));
            file.SetLength(3, allocate);
            Assert.Equal(3, file.Length);
        }
    }

    [Theory, MemberData(nameof(Systems))]
    public unsafe void A_map_shows_the_whole_file_also_an_empty_one(string system)
    {
        using TestFolder folder = new();
        IStoreFiles files = Of(system);
        byte[] bytes = new byte[100_001];
        new Random(3).NextBytes(bytes);
        folder.Write("f", bytes);
        folder.Write("empty", []);
        using (IMappedFile map = files.Map(folder.Path("f")))
        {
            Assert.Equal(bytes.Length, map.Length);
            foreach (ReadPattern pattern in Enum.GetValues<ReadPattern>()) map.Advise(1, 100_000, pattern);
            Assert.True(new ReadOnlySpan<byte>(map.Base, bytes.Length).SequenceEqual(bytes));
            files.Delete(folder.Path("f")); // readers keep their view
            Assert.True(new ReadOnlySpan<byte>(map.Base, bytes.Length).SequenceEqual(bytes));
        }
        using IMappedFile empty = files.Map(folder.Path("empty"));
        Assert.Equal(0, empty.Length);
        empty.Advise(0, 0, ReadPattern.WillNeed);
    }

    [Theory, MemberData(nameof(Systems))]
    public void Missing_files_are_said_to_be_missing(string system)
    {
        using TestFolder folder = new();
        IStoreFiles files = Of(system);
        string path = folder.Path("none");
        Assert.False(files.Exists(path));
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => files.Open(path, FileAccess.Read)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => files.Map(path));
        Assert.ThrowsAny<IOException>(() => files.Rename(path, folder.Path("to")));
        files.Delete(path);
        files.Delete(folder.Path("no/such/folder/file"));
        Assert.Empty(files.List(folder.Path("no-folder")));
    }

    [Theory, MemberData(nameof(Systems))]
    public void Folders_are_made_listed_in_order_and_flushed(string system)
    {
        using TestFolder folder = new();
        IStoreFiles files = Of(system);
        files.CreateFolder(folder.Path("a/b"));
        files.CreateFolder(folder.Path("a/b"));
        foreach (string name in (string[])["z", "B", "a", "m"]) files.Create(folder.Path($"a/b/{name}")).Dispose();
        Assert.Equal(["B", "a", "m", "z"], files.List(folder.Path("a/b")));
        Assert.Empty(files.List(folder.Path("a"))); // folders are not files
        files.Rename(folder.Path("a/b/z"), folder.Path("a/b/a"));
        Assert.Equal(["B", "a", "m"], files.List(folder.Path("a/b")));
        files.FlushFolder(folder.Path("a/b"));
        files.CreateFolder(folder.Path("a/c"));
        Assert.Equal(["b", "c"], files.ListFolders(folder.Path("a")));
        Assert.Empty(files.ListFolders(folder.Path("nowhere")));
        foreach (string gone in (string[])["a/c", "a/b", "a/c", "nowhere"]) files.DeleteFolder(folder.Path(gone));
        Assert.Equal(["b"], files.ListFolders(folder.Path("a"))); // it is not empty
    }

    [Theory, MemberData(nameof(Systems))]
    public void A_lock_is_one_holders_and_its_file_names_him(string system)
    {
        using TestFolder folder = new();
        IStoreFiles files = Of(system);
        using (IDisposable? held = files.TryLock(folder.Path("lock"), "a long name of somebody"))
        {
            Assert.NotNull(held);
            Assert.Null(files.TryLock(folder.Path("lock"), "other"));
            Assert.Equal("a long name of somebody", StoreLock.ReadHolder(files, folder.Path("lock")));
        }
        using IDisposable? again = files.TryLock(folder.Path("lock"), "short");
        Assert.NotNull(again);
        Assert.Equal("short", StoreLock.ReadHolder(files, folder.Path("lock")));
    }

    private static IStoreFiles Of(string system) => system == "linux" ? new LinuxFiles() : new PortableFiles();
}
