using System.Diagnostics;
using System.Globalization;

namespace VecStore.Peers;

/// <summary>The drivers of the peers: their packages are installed where they are missing, the drivers compiled for this very processor.</summary>
internal static class Native
{
    private const string Flags = "-O3 -march=native -std=c++17 -pthread";

    public static string Hnswlib(string folder) => Compile(folder, "hnswlib_peer", "", ["libhnswlib-dev"], "/usr/include/hnswlib/hnswalg.h");

    public static string Faiss(string folder) => Compile(folder, "faiss_peer", "-fopenmp -lfaiss -lopenblas", ["libfaiss-dev", "libopenblas-dev", "libhnswlib-dev"], "/usr/include/faiss/Index.h");

    /// <summary>Runs a command to its end and returns what it printed.</summary>
    public static string Run(string command, string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(command, arguments, environment, redirectInput: false);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} {arguments} ended with {process.ExitCode}.");
    }

    public static double[] Numbers(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];

    public static Process Start(string command, string arguments, IReadOnlyDictionary<string, string>? environment, bool redirectInput)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardInput = redirectInput };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{command} cannot be started.");
    }

    private static string Compile(string folder, string name, string libraries, string[] packages, string header)
    {
        if (!File.Exists(header) || !File.Exists("/usr/bin/g++"))
        {
            string install = $"install -y g++ {string.Join(' ', packages)}";
            Console.WriteLine($"installing: apt-get {install}");
            try
            {
                Run("apt-get", install);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                throw new MissingPeerException($"{header} or g++ is missing and could not be installed. As an administrator on Debian: apt-get update && apt-get {install}");
            }
        }

        string program = Path.Combine(folder, name);
        string source = Path.Combine(AppContext.BaseDirectory, "native", name + ".cpp");
        Run("g++", $"{Flags} {source} -o {program} {libraries}");
        return program;
    }
}

/// <summary>A peer that is not on this machine.</summary>
internal sealed class MissingPeerException(string message) : Exception(message);

/// <summary>A peer's driver at work: it has its index loaded and answers one command a line, so that it and VecStore can take turns.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    public PeerProcess(string program, string arguments, int core, IReadOnlyDictionary<string, string>? environment = null)
    {
        _process = core < 0
            ? Native.Start(program, arguments, environment, redirectInput: true)
            : Native.Start("taskset", $"-c {core} {program} {arguments}", environment, redirectInput: true);
        if (_process.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException($"{program} {arguments} did not get ready.");
    }

    /// <summary>Queries a second and recall.</summary>
    public (double Rate, double Recall) Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        double[] numbers = Native.Numbers(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer ended"));
        return (numbers[0], numbers[1]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5_000)) _process.Kill();
        _process.Dispose();
    }
}
