namespace VecStore;

/// <summary>How far a verification has come.</summary>
/// <param name="File">The file that is read.</param>
/// <param name="Done">Files done.</param>
/// <param name="Total">Files in all.</param>
public readonly record struct VerifyProgress(string File, int Done, int Total);

/// <summary>One thing that is wrong.</summary>
/// <param name="File">The file.</param>
/// <param name="Message">What is wrong, where, and what cures it.</param>
public sealed record Damage(string File, string Message);

/// <summary>What a verification read and found.</summary>
/// <param name="Files">Files read.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Rows">Live rows.</param>
/// <param name="Damages">What is wrong; empty when all is well.</param>
public sealed record VerifyReport(int Files, long Bytes, long Rows, IReadOnlyList<Damage> Damages)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsClean => Damages.Count == 0;

    /// <summary>One sentence for people, and a line for each damage.</summary>
    public override string ToString()
    {
        string verdict = IsClean ? "nothing is damaged" : $"{Damages.Count} damaged:";
        return string.Join('\n', [$"{Files:N0} files, {Bytes:N0} bytes, {Rows:N0} rows: {verdict}", .. Damages.Select(damage => damage.Message)]);
    }
}
