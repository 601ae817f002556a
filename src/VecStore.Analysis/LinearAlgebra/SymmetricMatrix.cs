namespace VecStore.Analysis;

/// <summary>A symmetric matrix of doubles, stored in full, row by row.</summary>
public sealed class SymmetricMatrix
{
    /// <summary>Wraps values that are symmetric already; they are not copied.</summary>
    public SymmetricMatrix(int size, double[] values)
    {
        if (values.Length != (long)size * size) throw new ArgumentException($"{values.Length} values for {size} x {size}", nameof(values));
        Size = size;
        Values = values;
    }

    /// <summary>Rows, which are also the columns.</summary>
    public int Size { get; }

    /// <summary>The elements, row by row.</summary>
    public double[] Values { get; }

    /// <summary>One element.</summary>
    public double this[int row, int column] => Values[(long)row * Size + column];

    /// <summary>Sum of the diagonal.</summary>
    public double Trace
    {
        get
        {
            double trace = 0;
            for (int i = 0; i < Size; i++) trace += this[i, i];
            return trace;
        }
    }

    /// <summary>A multiple, as a new matrix.</summary>
    public SymmetricMatrix Scaled(double factor)
    {
        double[] scaled = new double[Values.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = factor * Values[i];
        return new(Size, scaled);
    }

    /// <summary>With a value added along the diagonal, as a new matrix.</summary>
    public SymmetricMatrix PlusDiagonal(double value)
    {
        double[] values = (double[])Values.Clone();
        for (int i = 0; i < Size; i++) values[(long)i * Size + i] += value;
        return new(Size, values);
    }

    /// <summary>The product with a vector.</summary>
    public double[] Times(ReadOnlySpan<double> vector)
    {
        if (vector.Length != Size) throw new ArgumentException($"a vector of {vector.Length} for a matrix of {Size}", nameof(vector));
        double[] product = new double[Size];
        for (int i = 0; i < Size; i++) product[i] = DoubleVectors.Dot(Values.AsSpan(i * Size, Size), vector);
        return product;
    }

    /// <summary>The identity.</summary>
    public static SymmetricMatrix Identity(int size)
    {
        double[] values = new double[size * size];
        for (int i = 0; i < size; i++) values[i * size + i] = 1;
        return new(size, values);
    }
}
