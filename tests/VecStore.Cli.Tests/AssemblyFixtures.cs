[assembly: AssemblyFixture(typeof(VecStore.Cli.Tests.SampleStore))]
