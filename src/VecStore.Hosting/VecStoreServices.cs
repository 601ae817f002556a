using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace VecStore.Hosting;

/// <summary>Brings stores into the services of a host.</summary>
public static class VecStoreServices
{
    internal const DynamicallyAccessedMemberTypes Needed = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors;

    /// <summary>Adds the host's store: a <see cref="VectorStore"/> that is opened at the start, and sealed and closed when the host has stopped.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see cref="VecStoreHostOptions.Path"/> is needed.</param>
    public static VecStoreBuilder AddVecStore(this IServiceCollection services, Action<VecStoreHostOptions> configure) =>
        Add(services, Options.DefaultName, options => options.Configure(configure));

    /// <summary>Adds the host's store with options from the configuration, for example <c>Configuration.GetSection("VecStore")</c>. A name that is no option is refused.</summary>
    public static VecStoreBuilder AddVecStore(this IServiceCollection services, IConfigurationSection section) =>
        Add(services, Options.DefaultName, options => options.Configure(_ => ConfiguredOptions.Check(Options.DefaultName, section)).Bind(section));

    /// <summary>Adds one of several stores: a <see cref="VectorStore"/> with that name as its key (<c>[FromKeyedServices("name")]</c>).</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name, of the service and of its options.</param>
    /// <param name="configure">Sets the options; <see cref="VecStoreHostOptions.Path"/> is needed.</param>
    public static VecStoreBuilder AddVecStore(this IServiceCollection services, string name, Action<VecStoreHostOptions> configure) =>
        Add(services, name, options => options.Configure(configure));

    /// <summary>Adds one of several stores, with options from the configuration.</summary>
    public static VecStoreBuilder AddVecStore(this IServiceCollection services, string name, IConfigurationSection section) =>
        Add(services, name, options => options.Configure(_ => ConfiguredOptions.Check(name, section)).Bind(section));

    private static VecStoreBuilder Add(IServiceCollection services, string name, Action<OptionsBuilder<VecStoreHostOptions>> options)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (services.Any(service => service.ServiceType == typeof(VectorStore) && service.ServiceKey as string == (name.Length == 0 ? null : name)))
            throw new InvalidOperationException(name.Length == 0 ? "There is a store already; further ones need names." : $"There is a store \"{name}\" already.");
        options(services.AddOptions<VecStoreHostOptions>(name).ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VecStoreHostOptions>, VecStoreHostOptionsValidation>());
        services.AddSingleton(provider => new HostedStore(name, provider.GetRequiredService<IOptionsMonitor<VecStoreHostOptions>>(), provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreLifetime>());
        if (name.Length == 0) services.AddSingleton(provider => Hosted(provider, name).Store);
        else services.AddKeyedSingleton(name, (provider, _) => Hosted(provider, name).Store);
        return new VecStoreBuilder(services, name);
    }

    internal static HostedStore Hosted(IServiceProvider provider, string name) => provider.GetServices<HostedStore>().Single(store => store.Name == name);
}

/// <summary>Adds what belongs to one store.</summary>
public sealed class VecStoreBuilder
{
    internal VecStoreBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the store; empty for the one without.</summary>
    public string Name { get; }

    /// <summary>Adds a health check: red when the store cannot be opened, a write has failed, damage was met, or the headers of its files are not sound.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Its tags, for example "ready".</param>
    public VecStoreBuilder AddHealthCheck(string? name = null, params IEnumerable<string> tags)
    {
        string store = Name;
        Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name ?? (store.Length == 0 ? "vecstore" : "vecstore-" + store), provider => new StoreHealthCheck(VecStoreServices.Hosted(provider, store)), null, tags));
        return this;
    }

    /// <summary>Adds a <see cref="TypedCollection{TKey, TRecord}"/> of the store.</summary>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <typeparam name="TRecord">The record type.</typeparam>
    /// <param name="collection">The name of the collection; it is made when it is missing.</param>
    public VecStoreBuilder AddCollection<TKey, [DynamicallyAccessedMembers(VecStoreServices.Needed)] TRecord>(string collection)
        where TKey : notnull
        where TRecord : class
    {
        string store = Name;
        Services.AddSingleton(provider => VecStoreServices.Hosted(provider, store).Store.Collection<TKey, TRecord>(collection));
        return this;
    }

    /// <summary>
    /// Adds a <see cref="TextCollection{TKey, TRecord}"/> of the store, whose vectors come from the host's <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> for strings.
    /// </summary>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <typeparam name="TRecord">The record type, whose vector property is a text.</typeparam>
    /// <param name="collection">The name of the collection; it is made when it is missing.</param>
    public VecStoreBuilder AddTextCollection<TKey, [DynamicallyAccessedMembers(VecStoreServices.Needed)] TRecord>(string collection)
        where TKey : notnull
        where TRecord : class
    {
        string store = Name;
        Services.AddSingleton(provider => new TextCollection<TKey, TRecord>(
            VecStoreServices.Hosted(provider, store).Store.Collection<TKey, TRecord>(collection),
            provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()));
        return this;
    }
}
