using System.Globalization;
using System.Text;

namespace VecStore.Storage;

/// <summary>
/// The lock of a store's writer: one at a time, over all processes and within one. The lock file says who has it.
/// It goes when it is disposed, or when its process dies, however it dies; the file itself stays.
/// </summary>
public sealed class StoreLock : IDisposable
{
    internal const string HolderSuffix = ".holder";
    private const int LongestHolder = 512;

    private IDisposable? _lock;

    private StoreLock(IDisposable taken, string holder)
    {
        _lock = taken;
        Holder = holder;
    }

    /// <summary>What the lock file says about its holder.</summary>
    public string Holder { get; }

    /// <summary>Takes the lock, or throws <see cref="StoreLockedException"/>, which names the holder.</summary>
    public static StoreLock Take(IStoreFiles files, string path)
    {
        string program = Path.GetFileName(Environment.ProcessPath) ?? "unknown program";
        string holder = string.Create(CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} ({program}) since {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss}Z");
        IDisposable? taken = files.TryLock(path, holder);
        return taken is not null ? new StoreLock(taken, holder) : throw new StoreLockedException(path, ReadHolder(files, path));
    }

    /// <summary>The holder that a lock file names (the last one, if nobody has it now); "another process" when it cannot be read.</summary>
    public static string ReadHolder(IStoreFiles files, string path)
    {
        foreach (string candidate in (ReadOnlySpan<string>)[path, path + HolderSuffix])
        {
            try
            {
                using IStoreFile file = files.Open(candidate, FileAccess.Read);
                byte[] text = new byte[LongestHolder];
                int length = file.Read(0, text);
                if (length > 0) return Printable(Encoding.UTF8.GetString(text, 0, length));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Where a lock forbids reading, the text lies beside it.
            }
        }
        return "another process";
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    // The text goes to a terminal: whatever lies in the file, no control characters.
    private static string Printable(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
