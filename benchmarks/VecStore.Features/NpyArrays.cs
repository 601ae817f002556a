using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using VecStore.Analysis;

namespace VecStore.Features;

/// <summary>Blocks as the arrays of a sparse matrix in compressed rows, for the peers: indptr.npy and indices.npy in a folder.</summary>
internal static class NpyArrays
{
    public static void Write(string folder, FeatureBlocks blocks)
    {
        Directory.CreateDirectory(folder);
        long[] starts = new long[blocks.Count + 1];
        for (long block = 0; block < blocks.Count; block++) starts[block + 1] = starts[block] + blocks[block].Length;
        using (FileStream file = Begin(Path.Combine(folder, "indptr.npy"), "<i8", starts.Length)) file.Write(MemoryMarshal.AsBytes<long>(starts));
        using FileStream indices = Begin(Path.Combine(folder, "indices.npy"), "<i4", starts[^1]);
        for (long block = 0; block < blocks.Count; block++) indices.Write(MemoryMarshal.AsBytes(blocks[block]));
    }

    public static FeatureBlocks Read(string folder, int features)
    {
        byte[] starts = File.ReadAllBytes(Path.Combine(folder, "indptr.npy")), indices = File.ReadAllBytes(Path.Combine(folder, "indices.npy"));
        ReadOnlySpan<long> bounds = MemoryMarshal.Cast<byte, long>(starts.AsSpan(128));
        ReadOnlySpan<int> all = MemoryMarshal.Cast<byte, int>(indices.AsSpan(128));
        FeatureBlocks blocks = new(features);
        for (int block = 0; block + 1 < bounds.Length; block++) blocks.Append(all[(int)bounds[block]..(int)bounds[block + 1]]);
        return blocks;
    }

    private static FileStream Begin(string path, string type, long count)
    {
        FileStream file = File.Create(path);
        string header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({count},), }}").PadRight(117) + "\n";
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        file.Write(Encoding.ASCII.GetBytes(header));
        return file;
    }
}
