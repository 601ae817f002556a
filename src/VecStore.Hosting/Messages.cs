using Microsoft.Extensions.Logging;

namespace VecStore.Hosting;

/// <summary>What the host's log is told, in the category <c>VecStore</c>. README.md has the table of the event ids.</summary>
internal static partial class Messages
{
    [LoggerMessage(1, LogLevel.Information, "Opened the store {Path} in {ElapsedMilliseconds:F0} ms: {Collections} collections, {Rows} rows")]
    public static partial void Opened(ILogger logger, string path, double elapsedMilliseconds, int collections, long rows);

    [LoggerMessage(2, LogLevel.Information, "Sealed and closed the store {Path} in {ElapsedMilliseconds:F0} ms")]
    public static partial void Closed(ILogger logger, string path, double elapsedMilliseconds);

    [LoggerMessage(3, LogLevel.Error, "The store {Path} cannot be opened")]
    public static partial void OpenFailed(ILogger logger, Exception cause, string path);

    [LoggerMessage(4, LogLevel.Error, "The store {Path} could not be sealed at its closing; what was committed is in its log")]
    public static partial void CloseFailed(ILogger logger, Exception cause, string path);

    [LoggerMessage(10, LogLevel.Debug, "Sealed {Rows} rows of {Collection} into {Bytes} bytes in {ElapsedMilliseconds:F0} ms")]
    public static partial void Sealed(ILogger logger, string collection, long rows, long bytes, double elapsedMilliseconds);

    [LoggerMessage(11, LogLevel.Debug, "Merged segments of {Collection}: {Rows} rows, {Bytes} bytes in {ElapsedMilliseconds:F0} ms")]
    public static partial void Merged(ILogger logger, string collection, long rows, long bytes, double elapsedMilliseconds);

    [LoggerMessage(12, LogLevel.Information, "Published a bulk load into {Collection}: {Rows} rows, {Bytes} bytes in {ElapsedMilliseconds:F0} ms")]
    public static partial void Loaded(ILogger logger, string collection, long rows, long bytes, double elapsedMilliseconds);

    [LoggerMessage(20, LogLevel.Critical, "A write failed; the store {Path} takes no more writes until it is opened again")]
    public static partial void WriteFailed(ILogger logger, Exception cause, string path);

    [LoggerMessage(21, LogLevel.Critical, "The store {Path} is damaged, seen in {Collection}")]
    public static partial void DamageSeen(ILogger logger, Exception cause, string path, string collection);

    [LoggerMessage(22, LogLevel.Error, "The health check found the store {Path} damaged: {Damage}")]
    public static partial void Unhealthy(ILogger logger, string path, string damage);
}
