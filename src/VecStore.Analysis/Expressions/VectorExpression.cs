using System.Globalization;

namespace VecStore.Analysis;

/// <summary>
/// Vector arithmetic over named vectors: <c>king - man + woman</c>, <c>0.5 * (paris + rome)</c>, <c>unit(king) - unit(man)</c>, <c>v(12)</c> for an integer key,
/// <c>'new york'</c> or <c>"don't"</c> for keys with other characters. Also built in C#: <c>Key("king") - Key("man")</c>. Sums are made in double.
/// </summary>
public abstract class VectorExpression
{
    private protected VectorExpression() { }

    /// <summary>The keys named, each once, in the order they appear.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            List<string> keys = [];
            CollectKeys(keys);
            return keys;
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is not one; the message points at the place and says what was expected.</exception>
    public static VectorExpression Parse(string text) => new VectorExpressionParser(text).Parse();

    /// <summary>The vector of a key.</summary>
    public static VectorExpression Key(string key) => new Named(key);

    /// <summary>A vector given by value.</summary>
    public static VectorExpression Vector(ReadOnlyMemory<float> values) => new Given(values);

    /// <summary>The same direction at Euclidean length 1; the zero vector stays zero.</summary>
    public VectorExpression Unit() => new Unitary(this);

    /// <summary>Left plus right.</summary>
    public static VectorExpression operator +(VectorExpression left, VectorExpression right) => new Sum(left, right, 1);

    /// <summary>Left minus right.</summary>
    public static VectorExpression operator -(VectorExpression left, VectorExpression right) => new Sum(left, right, -1);

    /// <summary>The opposite vector.</summary>
    public static VectorExpression operator -(VectorExpression operand) => new Scaled(-1, operand);

    /// <summary>A multiple.</summary>
    public static VectorExpression operator *(double factor, VectorExpression operand) => new Scaled(factor, operand);

    /// <summary>A multiple.</summary>
    public static VectorExpression operator *(VectorExpression operand, double factor) => new Scaled(factor, operand);

    /// <summary>A fraction.</summary>
    public static VectorExpression operator /(VectorExpression operand, double divisor) => new Scaled(1 / divisor, operand);

    /// <summary>Left plus right.</summary>
    public static VectorExpression Add(VectorExpression left, VectorExpression right) => left + right;

    /// <summary>Left minus right.</summary>
    public static VectorExpression Subtract(VectorExpression left, VectorExpression right) => left - right;

    /// <summary>The opposite vector.</summary>
    public static VectorExpression Negate(VectorExpression operand) => -operand;

    /// <summary>A multiple.</summary>
    public static VectorExpression Multiply(double factor, VectorExpression operand) => factor * operand;

    /// <summary>A multiple.</summary>
    public static VectorExpression Multiply(VectorExpression operand, double factor) => factor * operand;

    /// <summary>A fraction.</summary>
    public static VectorExpression Divide(VectorExpression operand, double divisor) => operand / divisor;

    /// <summary>The value; zero where the terms cancel but for the rounding of the floats they are made of.</summary>
    /// <exception cref="KeyNotFoundException">A key has no vector.</exception>
    public float[] Evaluate(IVectorResolver resolver)
    {
        double[] value = new double[resolver.Dimension];
        Settle(value, AddTo(value, 1, resolver));
        return [.. value.Select(x => (float)x)];
    }

    /// <summary>value += factor * this; gives the sum of the lengths of the terms, against which a length that is left is rounding or not.</summary>
    private protected abstract double AddTo(double[] value, double factor, IVectorResolver resolver);

    /// <summary>The length of a sum, which is set to zero where it is within 2.4e-7 (2^-22, four roundings) of its terms.</summary>
    private static double Settle(double[] value, double terms)
    {
        double length = DoubleVectors.Norm(value);
        if (length > terms * 2.4e-7) return length;
        Array.Clear(value);
        return 0;
    }

    private protected abstract void CollectKeys(List<string> keys);

    private static double AddRow(double[] value, double factor, ReadOnlySpan<float> row)
    {
        double squares = 0;
        for (int k = 0; k < row.Length; k++)
        {
            value[k] += factor * row[k];
            squares += (double)row[k] * row[k];
        }
        return Math.Abs(factor) * Math.Sqrt(squares);
    }

    private sealed class Named(string key) : VectorExpression
    {
        private protected override double AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            float[] row = new float[value.Length];
            if (!resolver.TryGet(key, row)) throw new KeyNotFoundException($"'{key}' is no key.");
            return AddRow(value, factor, row);
        }

        private protected override void CollectKeys(List<string> keys)
        {
            if (!keys.Contains(key)) keys.Add(key);
        }

        public override string ToString() => VectorExpressionParser.Quote(key);
    }

    private sealed class Given(ReadOnlyMemory<float> values) : VectorExpression
    {
        private protected override double AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            if (values.Length != value.Length)
                throw new ArgumentException($"a vector of {values.Length} elements among vectors of {value.Length}", nameof(resolver));
            return AddRow(value, factor, values.Span);
        }

        private protected override void CollectKeys(List<string> keys) { }

        public override string ToString() => $"<vector of {values.Length}>";
    }

    private sealed class Sum(VectorExpression left, VectorExpression right, double sign) : VectorExpression
    {
        private protected override double AddTo(double[] value, double factor, IVectorResolver resolver)
            => left.AddTo(value, factor, resolver) + right.AddTo(value, factor * sign, resolver);

        private protected override void CollectKeys(List<string> keys)
        {
            left.CollectKeys(keys);
            right.CollectKeys(keys);
        }

        public override string ToString() => sign > 0 ? $"{left} + {right}" : right is Sum ? $"{left} - ({right})" : $"{left} - {right}";
    }

    private sealed class Scaled(double by, VectorExpression operand) : VectorExpression
    {
        private protected override double AddTo(double[] value, double factor, IVectorResolver resolver) => operand.AddTo(value, factor * by, resolver);

        private protected override void CollectKeys(List<string> keys) => operand.CollectKeys(keys);

        public override string ToString()
            => string.Create(CultureInfo.InvariantCulture, $"{by:R} * ") + (operand is Sum ? $"({operand})" : operand.ToString());
    }

    private sealed class Unitary(VectorExpression operand) : VectorExpression
    {
        private protected override double AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            double[] inner = new double[value.Length];
            double length = Settle(inner, operand.AddTo(inner, 1, resolver));
            if (length == 0) return 0;
            DoubleVectors.AddMultiple(value, factor / length, inner);
            return Math.Abs(factor);
        }

        private protected override void CollectKeys(List<string> keys) => operand.CollectKeys(keys);

        public override string ToString() => $"unit({operand})";
    }
}
