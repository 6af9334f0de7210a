using System.ComponentModel;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client;

/// <summary>
/// Where the proxies of contracts are found that are generated of their interfaces. Generated code puts them here when
/// its assembly is loaded; programs call <see cref="FabricContract.As{TContract}"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GeneratedProxies
{
    /// <summary>Adds the proxy of an interface; of one that is there already, nothing happens.</summary>
    /// <typeparam name="TContract">The interface.</typeparam>
    /// <param name="description">What the interface says.</param>
    /// <param name="create">Makes a proxy of what makes its calls.</param>
    public static void Register<TContract>(
        Func<ContractInterface> description, Func<ContractCalls, TContract> create)
        where TContract : class =>
        Interlocked.CompareExchange(
            ref Kept<TContract>.Proxy, new GeneratedProxy<TContract>(description, create), null);

    /// <exception cref="InvalidOperationException">Nothing was generated of the interface.</exception>
    internal static TContract Create<TContract>(FabricContract contract, ProposalOptions options)
        where TContract : class
    {
        var proxy = Kept<TContract>.Proxy ?? throw new InvalidOperationException(
            $"Nothing was generated of {typeof(TContract)}: call As with an interface by its name, which has the "
            + "attribute FabricContract, in a project that references the package or its generator.");
        return proxy.Create(new ContractCalls(contract, proxy.Transactions.Value, options));
    }

    private static class Kept<TContract>
        where TContract : class
    {
        public static GeneratedProxy<TContract>? Proxy;
    }

    private sealed class GeneratedProxy<TContract>(
        Func<ContractInterface> description, Func<ContractCalls, TContract> create)
        where TContract : class
    {
        public Func<ContractCalls, TContract> Create => create;

        public Lazy<TypedTransaction[]> Transactions { get; } = new(() => TypedTransaction.Of(description()));
    }
}
