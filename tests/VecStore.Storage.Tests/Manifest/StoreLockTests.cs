using System.Diagnostics;

namespace VecStore.Storage.Tests.Manifest;

public sealed class StoreLockTests
{
    [Fact]
    public void A_second_writer_is_told_who_the_first_is()
    {
        using TestFolder folder = new();
        using (StoreLock held = StoreLock.Take(folder.Files, folder.Path("lock")))
        {
            StoreLockedException failure = Assert.Throws<StoreLockedException>(() => StoreLock.Take(folder.Files, folder.Path("lock")));
            Assert.Equal(held.Holder, failure.Holder);
            Assert.Contains($"process {Environment.ProcessId} (", failure.Message, StringComparison.Ordinal);
        }
        StoreLock.Take(folder.Files, folder.Path("lock")).Dispose();
    }

    [Fact]
    public void Of_many_threads_one_gets_it()
    {
        using TestFolder folder = new();
        for (int round = 0; round < 200; round++)
        {
            int holders = 0, taken = 0;
            // A process that another test starts has a copy of the last round's lock until its program runs: then nobody gets it, and all try again.
            for (int attempt = 0; attempt < 100 && taken == 0; attempt++)
            {
                if (attempt > 0) Thread.Sleep(10);
                Parallel.For(0, 4, _ =>
                {
                    try
                    {
                        using StoreLock held = StoreLock.Take(folder.Files, folder.Path("lock"));
                        Assert.Equal(1, Interlocked.Increment(ref holders));
                        Interlocked.Increment(ref taken);
                        Interlocked.Decrement(ref holders);
                    }
                    catch (StoreLockedException)
                    {
                    }
                });
            }

            Assert.True(taken >= 1);
        }
    }

    [Fact]
    public void The_lock_of_a_killed_process_is_free()
    {
        using TestFolder folder = new();
        for (int round = 0; round < 10; round++)
        {
            using Process holder = Shell($"exec 9>>'{folder.Path("lock")}' && flock 9 && echo held && read line");
            Assert.Equal("held", holder.StandardOutput.ReadLine());
            Assert.Throws<StoreLockedException>(() => StoreLock.Take(folder.Files, folder.Path("lock")));
            holder.Kill(); // SIGKILL: nothing of the process runs any more
            holder.WaitForExit();
            StoreLock.Take(folder.Files, folder.Path("lock")).Dispose();
        }
    }

    [Fact]
    public void A_child_process_does_not_inherit_the_lock()
    {
        using TestFolder folder = new();
        StoreLock held = StoreLock.Take(folder.Files, folder.Path("lock"));
        using Process child = Shell("read line");
        held.Dispose();
        StoreLock.Take(folder.Files, folder.Path("lock")).Dispose();
        child.Kill();
        child.WaitForExit();
    }

    [Fact]
    public void A_holder_text_of_anything_is_shown_without_control_characters()
    {
        using TestFolder folder = new();
        folder.Write("lock", "evil\u001b[31m\r\nname"u8.ToArray());
        Assert.Equal("evil [31m  name", StoreLock.ReadHolder(folder.Files, folder.Path("lock")));
        Assert.Equal("another process", StoreLock.ReadHolder(folder.Files, folder.Path("none")));
        folder.Write("empty", []);
        Assert.Equal("another process", StoreLock.ReadHolder(folder.Files, folder.Path("empty")));
    }

    private static Process Shell(string script)
    {
        if (!OperatingSystem.IsLinux() || !(File.Exists("/usr/bin/flock") || File.Exists("/bin/flock"))) Assert.Skip("needs Linux with the program flock");
        return Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
