using System.Runtime.InteropServices;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Builds the graph of a segment and writes it to a file (Malkov and Yashunin, 2018; levels, algorithms 1, 2 and 4).</summary>
public static unsafe class HnswBuilder
{
    /// <summary>
    /// Builds a graph over all the rows and writes its sections and properties; the caller completes the file. The same rows, options
    /// and seed give the same bytes at any number of threads. Of equal rows only the first is linked. Progress is the number of rows done.
    /// </summary>
    public static void Build(VectorRows rows, Metric metric, HnswOptions options, SectionFileWriter into,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        options.Check();
        ElementTypes.Run<BuildStep, int>(rows.ElementType, new BuildStep(rows, metric, options, into, progress, cancellation));
    }

    private sealed class RowProgress(IProgress<int> rows, int copies)
    {
        public void Report(int nodes) => rows.Report(copies + nodes);
    }

    private readonly struct BuildStep(VectorRows rows, Metric metric, HnswOptions options, SectionFileWriter into, IProgress<int>? progress,
        CancellationToken cancellation) : IElementStep<int>
    {
        public int Run<T>() where T : unmanaged
        {
            var scorer = new RowScorer<T>(rows, metric);
            var distinct = new DistinctRows(rows, options.ThreadCount, cancellation);
            var order = new InsertionOrder(distinct.Rows, options.M, options.Seed);
            float[] mean = CodeTable.Mean(scorer, distinct.Rows, metric, options.ThreadCount, cancellation);
            using NativeBlock<byte> codes = Encode(scorer, order, mean);
            if (options.Traversal == Traversal.Codes)
                Build(new CodeSpace(codes.Base, CodeTable.Stride(rows.Dimension), order.RowOf.Length, rows.Dimension), scorer, distinct, order, mean, codes);
            else
                fixed (int* rowOf = order.RowOf) Build(new RowSpace<T>(scorer, metric, rowOf), scorer, distinct, order, mean, codes);
            return 0;
        }

        private NativeBlock<byte> Encode<T>(RowScorer<T> scorer, InsertionOrder order, float[] mean) where T : unmanaged
        {
            int dimension = rows.Dimension, stride = CodeTable.Stride(dimension), nodes = order.RowOf.Length;
            var codes = new NativeBlock<byte>(((long)nodes * stride) + 64);
            byte* records = codes.Base;
            Metric metric_ = metric;
            try
            {
                const int chunk = 1024;
                Parallel.For(0, (nodes + chunk - 1) / chunk, new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount, CancellationToken = cancellation }, part =>
                {
                    var vector = new float[dimension];
                    fixed (float* x = vector)
                    {
                        for (int node = part * chunk; node < Math.Min(nodes, (part + 1) * chunk); node++)
                        {
                            scorer.Decode(order.RowOf[node], x);
                            if (metric_ == Metric.Cosine) Norm.Normalize(vector);
                            CodeTable.Encode(vector, mean, metric_, records + ((long)node * stride));
                        }
                    }
                });
                return codes;
            }
            catch
            {
                codes.Dispose();
                throw;
            }
        }

        private void Build<TSpace, T>(TSpace space, RowScorer<T> scorer, DistinctRows distinct, InsertionOrder order, float[] mean, NativeBlock<byte> codes)
            where TSpace : struct, IVectorSpace
            where T : unmanaged
        {
            using var build = new GraphBuild<TSpace>(space, rows.Dimension, order, options);
            Action<int>? report = progress == null ? null : new RowProgress(progress, distinct.Copies).Report;
            int nodes = order.RowOf.Length, held = GraphProbe.HeldOut(nodes);
            build.Insert(0, nodes - held, report, cancellation);
            ProbeStep[] probe = held == 0 ? [] : GraphProbe.Run(build, space, scorer, metric, order, options.Traversal == Traversal.Codes, options.ThreadCount);
            build.Insert(nodes - held, nodes, report, cancellation);
            Reachability.Connect(build, space);
            Write(build.Levels, distinct, order, mean, codes, probe);
        }

        private void Write(BuildLevel[] levels, DistinctRows distinct, InsertionOrder order, float[] mean, NativeBlock<byte> codes, ProbeStep[] probe)
        {
            int stride = CodeTable.Stride(rows.Dimension);
            var properties = new GraphProperties
            {
                Layout = distinct.Copies == 0 ? 1 : 2,
                Nodes = rows.Count,
                Dimension = rows.Dimension,
                Metric = (byte)metric,
                BuiltOn = (byte)options.Traversal,
                Levels = (ushort)levels.Length,
                M = options.M,
                EfConstruction = options.EfConstruction,
                Seed = options.Seed,
                RecordBytes = stride,
                Probes = probe.Length,
            };
            for (int step = 0; step < probe.Length; step++) properties.Probe[step] = probe[step];
            for (int level = 0; level < levels.Length; level++) properties.NodesAtLevel[level] = levels[level].Nodes;
            into.SetProperties(MemoryMarshal.AsBytes(new ReadOnlySpan<GraphProperties>(in properties)));

            uint[] insertedAt = NodeOrder.BreadthFirst(levels[0]);
            var placeOf = new uint[insertedAt.Length];
            for (int place = 0; place < insertedAt.Length; place++) placeOf[insertedAt[place]] = (uint)place;

            into.BeginSection(HnswGraph.MeanTag);
            into.Write(MemoryMarshal.AsBytes<float>(mean));
            into.BeginSection(HnswGraph.RowsTag);
            foreach (uint node in insertedAt) WriteInt((uint)order.RowOf[node]);
            foreach (uint node in insertedAt)
            {
                for (int copy = distinct.NextCopy(order.RowOf[node]); copy >= 0; copy = distinct.NextCopy(copy)) WriteInt((uint)copy);
            }
            into.BeginSection(HnswGraph.UpperTag);
            if (levels.Length > 1)
            {
                for (int node = 0; node < levels[1].Nodes; node++) WriteInt(placeOf[node]);
                foreach (BuildLevel level in levels[1..])
                {
                    for (uint node = 0; node < level.Nodes; node++) into.Write(new ReadOnlySpan<byte>(level.LinksOf(node), level.Slots * sizeof(uint)));
                }
            }
            into.BeginSection(HnswGraph.LinksTag);
            int slots = levels[0].Slots;
            var list = new uint[slots];
            foreach (uint node in insertedAt)
            {
                uint* links = levels[0].LinksOf(node);
                for (int i = 0; i < slots; i++) list[i] = links[i] == GraphLayout.NoNode ? GraphLayout.NoNode : placeOf[links[i]];
                into.Write(MemoryMarshal.AsBytes<uint>(list));
            }
            into.BeginSection(HnswGraph.CodesTag);
            foreach (uint node in insertedAt) into.Write(CodeOf(node));
            foreach (uint node in insertedAt)
            {
                for (int copy = distinct.NextCopy(order.RowOf[node]); copy >= 0; copy = distinct.NextCopy(copy)) into.Write(CodeOf(node));
            }
            into.Write(stackalloc byte[64]);
            if (distinct.Copies > 0) WriteCopies(insertedAt, distinct, order);
            WriteSigns(order, codes);

            ReadOnlySpan<byte> CodeOf(uint node) => new(codes.Base + ((long)node * stride), stride);
        }

        private void WriteSigns(InsertionOrder order, NativeBlock<byte> codes)
        {
            using NativeBlock<byte>? signs = SignTable.Make(codes.Base, order.RowOf, rows.Count, rows.Dimension, metric);
            if (signs == null) return;
            into.BeginSection(HnswGraph.SignsTag);
            for (long at = 0; at < signs.Length; at += 1 << 20) into.Write(new ReadOnlySpan<byte>(signs.Base + at, (int)Math.Min(1 << 20, signs.Length - at)));
        }

        private void WriteCopies(uint[] insertedAt, DistinctRows distinct, InsertionOrder order)
        {
            into.BeginSection(HnswGraph.CopiesTag);
            uint next = (uint)insertedAt.Length;
            for (int place = 0; place < insertedAt.Length; place++)
            {
                int copy = distinct.NextCopy(order.RowOf[insertedAt[place]]);
                if (copy < 0) continue;
                into.Write(MemoryMarshal.AsBytes([new CopyEntry((uint)place, next)]));
                for (; copy >= 0; copy = distinct.NextCopy(copy)) next++;
            }
        }

        private void WriteInt(uint value) => into.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));
    }
}
