using System.Security.Cryptography;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// A folder of finished states of sealed segments. A file is named by a hash of the statistic with its parameters, and of the segment's content with the rows and the mapping asked for;
/// it is written beside its place and moved there, and read only if its checksum holds: anything else is computed again. Several stores, and several processes, may share a folder.
/// </summary>
/// <param name="folder">The folder; made when it is first needed. Deleting files there is always safe.</param>
public sealed class PartialCache(string folder)
{
    /// <summary>States that were found.</summary>
    public int Hits { get; private set; }

    /// <summary>States that were computed because they were not there.</summary>
    public int Misses { get; private set; }

    internal PartialScan<TStatistic, TResult> GetOrAdd<TStatistic, TResult>(
        TStatistic empty, IRowSource rows, int segment, Func<IRowSource, PartialScan<TStatistic, TResult>> compute)
        where TStatistic : IStatistic<TStatistic, TResult>
    {
        PartOfRows part = new(rows, segment);
        if (rows.IdentityOfPart(segment) is not { } identity) return compute(part);
        string path = Path.Combine(folder, Name<TStatistic, TResult>(empty, identity, rows.Dimension) + ".partial");
        if (File.Exists(path))
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                PartialScan<TStatistic, TResult> found = PartialScan<TStatistic, TResult>.Read(file);
                if (found.IsComplete && found.TotalRows == part.Count && found.Dimension == part.Dimension)
                {
                    Hits++;
                    return found;
                }
            }
            catch (InvalidDataException)
            {
                // Damaged: it is only a copy of what can be computed, and is written anew.
            }
        }
        Misses++;
        PartialScan<TStatistic, TResult> computed = compute(part);
        Directory.CreateDirectory(folder);
        string temporary = path + "." + Environment.ProcessId + ".new";
        using (FileStream file = File.Create(temporary)) computed.Write(file);
        File.Move(temporary, path, overwrite: true);
        return computed;
    }

    private static string Name<TStatistic, TResult>(TStatistic empty, string identity, int dimension) where TStatistic : IStatistic<TStatistic, TResult>
    {
        using MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(identity);
            writer.Write(dimension);
            writer.Write(Scan.ChunkRows);
            writer.Write(TStatistic.StateName);
            empty.Write(writer); // its parameters
        }
        return System.Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..32];
    }
}

/// <summary>One part of some rows.</summary>
internal sealed class PartOfRows : IRowSource
{
    private readonly IRowSource rows;
    private readonly int start;

    public PartOfRows(IRowSource rows, int part)
    {
        this.rows = rows;
        IReadOnlyList<int> counts = rows.PartRows;
        for (int i = 0; i < part; i++) start += counts[i];
        Count = counts[part];
    }

    public int Count { get; }

    public int Dimension => rows.Dimension;

    public void Read(int first, Span<float> destination) => rows.Read(start + first, destination);
}
