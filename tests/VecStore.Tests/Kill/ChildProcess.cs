using System.Collections.Concurrent;
using System.Diagnostics;

namespace VecStore.Tests.Kill;

/// <summary>A child process that works on a store until it is killed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly Task _reading;

    public ChildProcess(IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "VecStore.Victim.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Errors += line.Data + "\n";
        _process.BeginErrorReadLine();
        _reading = Task.Run(() =>
        {
            while (_process.StandardOutput.ReadLine() is { } line) _lines.Add(line);
            _lines.CompleteAdding();
        });
    }

    public int Id => _process.Id;

    public string Errors { get; private set; } = "";

    public bool HasExited => _process.HasExited;

    /// <summary>The next line that it says; null when it has ended.</summary>
    public string? Next() => _lines.TryTake(out string? line, TimeSpan.FromSeconds(60)) ? line : null;

    /// <summary>SIGKILL. Returns what it still said before.</summary>
    public IReadOnlyList<string> Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _reading.Wait();
        return [.. _lines.GetConsumingEnumerable()];
    }

    /// <summary>Waits for a victim that ends by itself.</summary>
    public IReadOnlyList<string> Join()
    {
        _process.WaitForExit();
        _reading.Wait();
        Assert.True(_process.ExitCode == 0, Errors);
        return [.. _lines.GetConsumingEnumerable()];
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        _lines.Dispose();
    }
}
