using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Rows multiplied by a matrix as they are read: x becomes A x. Float products, d^2 work a row. Memory d^2 floats.</summary>
internal sealed unsafe class MappedRows : IKeyedRows
{
    private readonly IRowSource rows;
    private readonly float[] panels;
    private readonly int outputs;
    private readonly Lazy<string> matrixName;

    public MappedRows(IRowSource rows, SymmetricMatrix matrix)
    {
        if (matrix.Size != rows.Dimension) throw new ArgumentException($"a matrix of {matrix.Size} for rows of {rows.Dimension}", nameof(matrix));
        this.rows = rows;
        outputs = matrix.Size;
        panels = new float[PanelProduct.PackedLength(outputs, outputs)];
        float[] values = [.. matrix.Values.Select(x => (float)x)];
        fixed (float* source = values, packed = panels) PanelProduct.Pack(new(source, outputs, outputs), packed);
        matrixName = new(() => System.Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan()))));
    }

    public int Count => rows.Count;

    public int Dimension => outputs;

    public IReadOnlyList<int> PartRows => rows.PartRows;

    public string? IdentityOfPart(int part) => rows.IdentityOfPart(part) is { } identity ? $"{identity}-mapped-{matrixName.Value}" : null;

    public void Read(int first, Span<float> destination)
    {
        const int block = 64, width = PanelProduct.Width;
        int count = destination.Length / outputs;
        float[] source = new float[block * outputs], products = new float[block * width];
        fixed (float* from = source, product = products, packed = panels)
        {
            for (int done = 0; done < count; done += block)
            {
                int taken = Math.Min(block, count - done);
                rows.Read(first + done, source.AsSpan(0, taken * outputs));
                for (int at = 0; at < outputs; at += width)
                {
                    PanelProduct.Multiply(new(from, taken, outputs), packed + (long)at * outputs, 1, product, width);
                    int kept = Math.Min(width, outputs - at);
                    for (int i = 0; i < taken; i++) products.AsSpan(i * width, kept).CopyTo(destination.Slice((done + i) * outputs + at, kept));
                }
            }
        }
    }

    public bool TryFind(string key, out int row) => RowKeys.TryFind(rows, key, out row);

    public string KeyOf(int row) => RowKeys.Of(rows, row);
}
