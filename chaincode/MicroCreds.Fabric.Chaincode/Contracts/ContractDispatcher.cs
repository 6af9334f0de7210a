using System.Text;
using MicroCreds.Fabric.Chaincode.Text;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>Finds the transaction that a call names, and calls it.</summary>
internal sealed class ContractDispatcher
{
    private readonly Dictionary<string, ContractDefinition> _contracts = new(StringComparer.Ordinal);
    private readonly ContractDefinition _default;
    private readonly byte[] _metadata;
    private readonly MetadataFile? _file;

    public ContractDispatcher(IReadOnlyList<ContractDefinition> contracts)
    {
        if (contracts.Count == 0)
        {
            throw new ArgumentException("A chaincode of contracts needs at least one contract.", nameof(contracts));
        }

        foreach (var contract in contracts)
        {
            ArgumentNullException.ThrowIfNull(contract, nameof(contracts));
            if (!_contracts.TryAdd(contract.Name, contract))
            {
                throw new ArgumentException($"Two contracts have the name '{contract.Name}'.", nameof(contracts));
            }
        }

        _default = contracts[0];
        Metadata = MetadataDocument.Write(contracts);
        _metadata = Encoding.UTF8.GetBytes(Metadata);
    }

    private ContractDispatcher(ContractDispatcher other, string metadata)
    {
        (_contracts, _default) = (other._contracts, other._default);
        _file = MetadataFile.Read(metadata, _contracts.Values);
        Metadata = metadata;
        _metadata = Encoding.UTF8.GetBytes(metadata);
    }

    public string Metadata { get; }

    /// <summary>Returns the same with a description written by hand.</summary>
    public ContractDispatcher WithMetadata(string metadata) => new(this, metadata);

    public async ValueTask<Response> InvokeAsync(ChaincodeStub stub)
    {
        if (stub.Arguments.Count == 0)
        {
            return stub.IsInit
                ? Response.Success()
                : throw new ChaincodeException(
                    $"No transaction is named: the first argument must be one of {Known(_default)}.",
                    ErrorStatus.BadRequest);
        }

        var (contractName, transactionName) = ReadName(stub.Arguments[0]);
        if (contractName == SystemContract.Name)
        {
            return transactionName == SystemContract.GetMetadata
                ? Response.Success(_metadata)
                : throw NotFound(
                    $"Contract '{contractName}' has no transaction '{transactionName}'. "
                    + $"Known: {SystemContract.GetMetadata}.");
        }

        var contract = contractName.Length == 0 ? _default
            : _contracts.GetValueOrDefault(contractName) ?? throw NotFound(
                $"There is no contract '{contractName}'. Known: {string.Join(", ", _contracts.Keys)}.");
        var context = ContextOf(contract, new TransactionContext(stub, contract.Name, transactionName));
        if (!contract.Transactions.TryGetValue(transactionName, out var handler))
        {
            return await CallUnknownAsync(contract, context).ConfigureAwait(false);
        }

        if (handler.IsEvaluation)
        {
            stub.WriteRefusal =
                $"{handler.FullName} is declared as an evaluation, so it cannot write: declare it by Submit.";
        }

        return contract.AroundHook is { } around
            ? await around(context, () => CallAsync(contract, handler, context)).ConfigureAwait(false)
            : await CallAsync(contract, handler, context).ConfigureAwait(false);
    }

    private static TransactionContext ContextOf(ContractDefinition contract, TransactionContext context) =>
        contract.ContextFactory is not { } create
            ? context
            : create(context) ?? throw new InvalidOperationException(
                $"Contract '{contract.Name}' made no context for {context.TransactionName}.");

    private async ValueTask<Response> CallAsync(
        ContractDefinition contract, TransactionHandler handler, TransactionContext context)
    {
        if (contract.BeforeHook is { } before)
        {
            await before(context).ConfigureAwait(false);
        }

        // Not before it: who is refused anyway is not told what the arguments should be.
        object?[] arguments = handler.Read(
            [.. context.Stub.Arguments.Skip(1)], _file?.ArgumentsOf(contract.Name, context.TransactionName) ?? []);
        object? result = await handler.InvokeAsync(context, arguments).ConfigureAwait(false);
        if (contract.AfterHook is { } after)
        {
            await after(context, result).ConfigureAwait(false);
        }

        return Response.Success(handler.WriteResult(result));
    }

    private static ValueTask<Response> CallUnknownAsync(ContractDefinition contract, TransactionContext context) =>
        contract.UnknownHook is { } unknown
            ? unknown(context)
            : throw NotFound(
                $"Contract '{contract.Name}' has no transaction '{context.TransactionName}'. "
                + $"Known: {Known(contract)}.");

    private static (string Contract, string Transaction) ReadName(ReadOnlyMemory<byte> argument)
    {
        string name;
        try
        {
            name = StrictUtf8.Encoding.GetString(argument.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new ChaincodeException(
                "The first argument must name a transaction, but is not UTF-8.", ErrorStatus.BadRequest);
        }

        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (string.Empty, name) : (name[..colon], name[(colon + 1)..]);
    }

    private static string Known(ContractDefinition contract) =>
        string.Join(", ", contract.Transactions.Keys.Order(StringComparer.Ordinal));

    private static ChaincodeException NotFound(string message) => new(message, ErrorStatus.NotFound);
}
