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

    /// <summary>The value.</summary>
    /// <exception cref="KeyNotFoundException">A key has no vector.</exception>
    public float[] Evaluate(IVectorResolver resolver)
    {
        double[] value = new double[resolver.Dimension];
        AddTo(value, 1, resolver);
        return [.. value.Select(x => (float)x)];
    }

    /// <summary>value += factor * this.</summary>
    private protected abstract void AddTo(double[] value, double factor, IVectorResolver resolver);

    private protected abstract void CollectKeys(List<string> keys);

    private sealed class Named(string key) : VectorExpression
    {
        private protected override void AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            float[] row = new float[value.Length];
            if (!resolver.TryGet(key, row)) throw new KeyNotFoundException($"'{key}' is no key.");
            for (int k = 0; k < row.Length; k++) value[k] += factor * row[k];
        }

        private protected override void CollectKeys(List<string> keys)
        {
            if (!keys.Contains(key)) keys.Add(key);
        }

        public override string ToString() => VectorExpressionParser.Quote(key);
    }

    private sealed class Given(ReadOnlyMemory<float> values) : VectorExpression
    {
        private protected override void AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            if (values.Length != value.Length)
                throw new ArgumentException($"a vector of {values.Length} elements among vectors of {value.Length}", nameof(resolver));
            for (int k = 0; k < value.Length; k++) value[k] += factor * values.Span[k];
        }

        private protected override void CollectKeys(List<string> keys) { }

        public override string ToString() => $"<vector of {values.Length}>";
    }

    private sealed class Sum(VectorExpression left, VectorExpression right, double sign) : VectorExpression
    {
        private protected override void AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            left.AddTo(value, factor, resolver);
            right.AddTo(value, factor * sign, resolver);
        }

        private protected override void CollectKeys(List<string> keys)
        {
            left.CollectKeys(keys);
            right.CollectKeys(keys);
        }

        public override string ToString() => sign > 0 ? $"{left} + {right}" : right is Sum ? $"{left} - ({right})" : $"{left} - {right}";
    }

    private sealed class Scaled(double by, VectorExpression operand) : VectorExpression
    {
        private protected override void AddTo(double[] value, double factor, IVectorResolver resolver) => operand.AddTo(value, factor * by, resolver);

        private protected override void CollectKeys(List<string> keys) => operand.CollectKeys(keys);

        public override string ToString()
            => string.Create(CultureInfo.InvariantCulture, $"{by:R} * ") + (operand is Sum ? $"({operand})" : operand.ToString());
    }

    private sealed class Unitary(VectorExpression operand) : VectorExpression
    {
        private protected override void AddTo(double[] value, double factor, IVectorResolver resolver)
        {
            double[] inner = new double[value.Length];
            operand.AddTo(inner, 1, resolver);
            double length = Math.Sqrt(inner.Sum(x => x * x));
            if (length == 0) return;
            for (int k = 0; k < inner.Length; k++) value[k] += factor / length * inner[k];
        }

        private protected override void CollectKeys(List<string> keys) => operand.CollectKeys(keys);

        public override string ToString() => $"unit({operand})";
    }
}
