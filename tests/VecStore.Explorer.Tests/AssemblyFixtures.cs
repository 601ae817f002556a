[assembly: AssemblyFixture(typeof(VecStore.Explorer.Tests.ShownStore))]
