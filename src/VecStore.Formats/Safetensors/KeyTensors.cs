using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Safetensors;

/// <summary>Keys in the tensors "keys" (UTF-8 bytes) and "key_offsets" (I64, rows + 1): key i is bytes [offsets[i], offsets[i + 1]).</summary>
internal sealed class KeyTensors : IRowKeys
{
    private const int LongestKey = 1 << 16;

    private readonly ByteSource bytes;
    private readonly long offsetsStart;
    private readonly long keysStart;
    private readonly long keysLength;

    private KeyTensors(ByteSource bytes, long offsetsStart, long keysStart, long keysLength) =>
        (this.bytes, this.offsetsStart, this.keysStart, this.keysLength) = (bytes, offsetsStart, keysStart, keysLength);

    /// <summary>Null if the file does not say that it has such keys.</summary>
    public static KeyTensors? Find(ByteSource bytes, SafetensorsHeader header, MatrixLayout layout)
    {
        if (!header.Metadata.ContainsKey(SafetensorsFile.KeysMark)) return null;
        if (header.Tensors.GetValueOrDefault("keys") is not { Dtype: "U8", Shape.Length: 1 } keys
            || header.Tensors.GetValueOrDefault("key_offsets") is not { Dtype: "I64", Shape.Length: 1 } offsets
            || offsets.Shape[0] - 1 != layout.Rows)
            throw bytes.Error(8, $"the header says there are keys, but no tensors keys (U8) and key_offsets (I64, {layout.Rows + 1:N0}) go with it");
        return new(bytes, header.DataStart + offsets.Begin, header.DataStart + keys.Begin, keys.Shape[0]);
    }

    public void Read(long firstRow, VectorBlock block, int count)
    {
        long[] offsets = new long[count + 1];
        bytes.ReadExactly(offsetsStart + 8 * firstRow, MemoryMarshal.AsBytes(offsets.AsSpan()));
        byte[] buffer = new byte[256];
        for (int row = 0; row < count; row++)
        {
            long at = offsetsStart + 8 * (firstRow + row);
            if (offsets[row] < 0 || offsets[row + 1] < offsets[row] || offsets[row + 1] > keysLength)
                throw bytes.Error(at, $"the key of row {firstRow + row:N0} is said to lie at {offsets[row]} to {offsets[row + 1]} of {keysLength:N0} bytes");
            long length = offsets[row + 1] - offsets[row];
            if (length > LongestKey) throw bytes.Error(at, $"the key of row {firstRow + row:N0} has {length:N0} bytes; at most {LongestKey:N0} are read");
            if (buffer.Length < length) buffer = new byte[LongestKey];
            Span<byte> key = buffer.AsSpan(0, (int)length);
            bytes.ReadExactly(keysStart + offsets[row], key);
            if (!Utf8.IsValid(key)) throw bytes.Error(keysStart + offsets[row], $"the key of row {firstRow + row:N0} is not valid UTF-8");
            block.SetKey(row, Encoding.UTF8.GetString(key));
        }
    }

    // The bytes belong to the matrix.
    public void Dispose() { }
}
