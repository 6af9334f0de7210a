using System.ComponentModel;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// Where the dispatchers of contracts are found that are generated of their interfaces. Generated code puts them here
/// when its assembly is loaded; programs call
/// <see cref="ContractDefinition.Of{TContract}(Func{TransactionContext, TContract})"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GeneratedContracts
{
    /// <summary>Adds the dispatcher of an interface; of one that is there already, nothing happens.</summary>
    /// <typeparam name="TContract">The interface.</typeparam>
    /// <param name="description">What the interface says.</param>
    /// <param name="calls">
    /// What calls each transaction, in the order of the description: the contract, the arguments, and its result.
    /// </param>
    public static void Register<TContract>(
        Func<ContractInterface> description,
        params IReadOnlyList<Func<TContract, object?[], ValueTask<object?>>> calls)
        where TContract : class =>
        Interlocked.CompareExchange(
            ref Kept<TContract>.Contract, new GeneratedContract<TContract>(description, calls), null);

    /// <exception cref="InvalidOperationException">Nothing was generated of the interface.</exception>
    internal static GeneratedContract<TContract> Of<TContract>()
        where TContract : class =>
        Kept<TContract>.Contract ?? throw new InvalidOperationException(
            $"Nothing was generated of {typeof(TContract)}: call ContractDefinition.Of with an interface by its name, "
            + "which has the attribute FabricContract, in a project that references the package or its generator.");

    private static class Kept<TContract>
        where TContract : class
    {
        public static GeneratedContract<TContract>? Contract;
    }
}

/// <summary>What was generated of an interface.</summary>
internal sealed record GeneratedContract<TContract>(
    Func<ContractInterface> Description, IReadOnlyList<Func<TContract, object?[], ValueTask<object?>>> Calls)
    where TContract : class;
