using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client;

/// <summary>A smart contract on a channel: evaluates and submits its transactions.</summary>
/// <remarks>
/// The shortcuts here are compositions of <see cref="NewProposal"/> and the steps that follow it; take those for
/// off-line signing, or to repeat a single step. Thread-safe.
/// </remarks>
public sealed class FabricContract
{
    private readonly GatewayConnection _connection;
    private readonly ProposalTarget _target;

    internal FabricContract(GatewayConnection connection, string channel, string chaincodeName, string? contractName)
    {
        ArgumentException.ThrowIfNullOrEmpty(chaincodeName);
        StrictText.Check(chaincodeName, "The chaincode's name");
        StrictText.Check(contractName ?? "", "The contract's name");
        _connection = connection;
        _target = new ProposalTarget(channel, chaincodeName);
        ChaincodeName = chaincodeName;
        ContractName = contractName is "" ? null : contractName;
    }

    /// <summary>The chaincode that holds the contract.</summary>
    public string ChaincodeName { get; }

    /// <summary>The contract's name within its chaincode; null for the default one.</summary>
    public string? ContractName { get; }

    /// <summary>Runs a transaction as a query and returns its result.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="arguments">Its arguments. Default is none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Equivalent to <c>EvaluateAsync(name, new ProposalOptions { Arguments = … })</c>.</remarks>
    /// <exception cref="EvaluateException">The call failed, or the chaincode returned an error.</exception>
    public Task<byte[]> EvaluateAsync(
        string transactionName, IReadOnlyList<string>? arguments = null,
        CancellationToken cancellationToken = default) =>
        EvaluateAsync(transactionName, OptionsOf(arguments), cancellationToken);

    /// <summary>Runs a transaction as a query and returns its result.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="options">Its arguments, transient data and organisations.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Equivalent to <c>NewProposal(name, options).EvaluateAsync()</c>.</remarks>
    /// <exception cref="EvaluateException">The call failed, or the chaincode returned an error.</exception>
    public Task<byte[]> EvaluateAsync(
        string transactionName, ProposalOptions options, CancellationToken cancellationToken = default) =>
        NewProposal(transactionName, Given(options)).EvaluateAsync(cancellationToken: cancellationToken);

    /// <summary>Submits a transaction, waits until it is committed, and returns its result.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="arguments">Its arguments. Default is none.</param>
    /// <param name="cancellationToken">Cancels the waiting; the transaction may be committed all the same.</param>
    /// <remarks>Equivalent to <c>SubmitAsync(name, new ProposalOptions { Arguments = … })</c>.</remarks>
    /// <exception cref="EndorseException">The transaction was not endorsed.</exception>
    /// <exception cref="SubmitException">The ordering service did not accept it.</exception>
    /// <exception cref="CommitStatusException">Its outcome could not be learned.</exception>
    /// <exception cref="CommitException">It is invalid.</exception>
    /// <exception cref="SubmitCanceledException">The waiting was cancelled when it may have been ordered.</exception>
    public Task<byte[]> SubmitAsync(
        string transactionName, IReadOnlyList<string>? arguments = null,
        CancellationToken cancellationToken = default) =>
        SubmitAsync(transactionName, OptionsOf(arguments), cancellationToken);

    /// <summary>Submits a transaction, waits until it is committed, and returns its result.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="options">Its arguments, transient data and organisations.</param>
    /// <param name="cancellationToken">Cancels the waiting; the transaction may be committed all the same.</param>
    /// <remarks>
    /// Equivalent to <see cref="SubmitWithoutWaitAsync(string, ProposalOptions, CancellationToken)"/>, then
    /// <see cref="Commit.GetStatusAsync"/> and <see cref="CommitStatus.EnsureSuccessful"/>.
    /// </remarks>
    /// <exception cref="EndorseException">The transaction was not endorsed.</exception>
    /// <exception cref="SubmitException">The ordering service did not accept it.</exception>
    /// <exception cref="CommitStatusException">Its outcome could not be learned.</exception>
    /// <exception cref="CommitException">It is invalid.</exception>
    /// <exception cref="SubmitCanceledException">The waiting was cancelled when it may have been ordered.</exception>
    public async Task<byte[]> SubmitAsync(
        string transactionName, ProposalOptions options, CancellationToken cancellationToken = default)
    {
        var commit = await SubmitAndWaitAsync(transactionName, options, cancellationToken).ConfigureAwait(false);
        return commit.Result?.ToArray() ?? [];
    }

    /// <summary>Submits a transaction and returns as soon as the ordering service has accepted it.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="arguments">Its arguments. Default is none.</param>
    /// <param name="cancellationToken">Cancels the calls; the transaction may be ordered all the same.</param>
    /// <remarks>Equivalent to <c>SubmitWithoutWaitAsync(name, new ProposalOptions { Arguments = … })</c>.</remarks>
    /// <exception cref="EndorseException">The transaction was not endorsed.</exception>
    /// <exception cref="SubmitException">The ordering service did not accept it.</exception>
    /// <exception cref="SubmitCanceledException">It was cancelled when it may have been ordered.</exception>
    public Task<Commit> SubmitWithoutWaitAsync(
        string transactionName, IReadOnlyList<string>? arguments = null,
        CancellationToken cancellationToken = default) =>
        SubmitWithoutWaitAsync(transactionName, OptionsOf(arguments), cancellationToken);

    /// <summary>Submits a transaction and returns as soon as the ordering service has accepted it.</summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="options">Its arguments, transient data and organisations.</param>
    /// <param name="cancellationToken">Cancels the calls; the transaction may be ordered all the same.</param>
    /// <returns>The result, and the means to wait for the outcome.</returns>
    /// <remarks>Equivalent to <c>NewProposal(name, options).EndorseAsync()</c>, then <c>SubmitAsync()</c>.</remarks>
    /// <exception cref="EndorseException">The transaction was not endorsed.</exception>
    /// <exception cref="SubmitException">The ordering service did not accept it.</exception>
    /// <exception cref="SubmitCanceledException">It was cancelled when it may have been ordered.</exception>
    public async Task<Commit> SubmitWithoutWaitAsync(
        string transactionName, ProposalOptions options, CancellationToken cancellationToken = default)
    {
        var transaction = await NewProposal(transactionName, Given(options))
            .EndorseAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return await transaction.SubmitAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Submits a transaction and repeats what failed until its outcome is known, without ever doing it twice, and
    /// returns its result.
    /// </summary>
    /// <remarks>
    /// Equivalent to <see cref="SubmitUntilKnownAsync"/> and <see cref="CommittedTransaction.Result"/>.
    /// </remarks>
    /// <inheritdoc cref="SubmitUntilKnownAsync" path="/param | /exception"/>
    public async Task<byte[]> SubmitWithRetryAsync(
        string transactionName, ProposalOptions options, SubmitRetryOptions? retry = null,
        CancellationToken cancellationToken = default)
    {
        var committed = await SubmitUntilKnownAsync(transactionName, options, retry, cancellationToken)
            .ConfigureAwait(false);
        return committed.Result.ToArray();
    }

    /// <summary>
    /// Submits a transaction and repeats what failed until its outcome is known, without ever doing it twice.
    /// </summary>
    /// <param name="transactionName">The transaction's name.</param>
    /// <param name="options">Its arguments, transient data and organisations.</param>
    /// <param name="retry">
    /// How often and when to repeat. Default is <see cref="SubmitRetryOptions"/>'s defaults.
    /// </param>
    /// <param name="cancellationToken">Cancels the waiting; the transaction may be committed all the same.</param>
    /// <returns>The transaction that is on the ledger.</returns>
    /// <remarks><see cref="SubmitRetryOptions"/> holds the rules. Needs a signer.</remarks>
    /// <exception cref="ArgumentException">The retry options are wrong; the message names every fault.</exception>
    /// <exception cref="EndorseException">The transaction was not endorsed, for a reason that stays.</exception>
    /// <exception cref="SubmitException">It was refused, and is certainly not on the ledger.</exception>
    /// <exception cref="CommitStatusException">
    /// Its outcome could not be learned in <see cref="SubmitRetryOptions.MaxSendings"/> sendings: it may be committed.
    /// </exception>
    /// <exception cref="CommitException">It is invalid, for a reason that stays.</exception>
    /// <exception cref="SubmitCanceledException">The waiting was cancelled when it may have been ordered.</exception>
    public Task<CommittedTransaction> SubmitUntilKnownAsync(
        string transactionName, ProposalOptions options, SubmitRetryOptions? retry = null,
        CancellationToken cancellationToken = default)
    {
        _ = Given(options);
        retry ??= new SubmitRetryOptions();
        retry.Validate();
        var submit = new RetryingSubmit(
            () => NewProposal(transactionName, options), retry, _connection.Options.TimeProvider,
            _connection.Log);
        return submit.RunAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the contract as the interface that describes it, with a proxy that is generated where this is called:
    /// without reflection.
    /// </summary>
    /// <typeparam name="TContract">
    /// The interface, by its name: a type parameter will not do. It has the attribute
    /// <see cref="FabricContractAttribute"/>.
    /// </typeparam>
    /// <param name="options">
    /// What goes with every call: transient data, organisations. Default is nothing. It has no arguments.
    /// </param>
    /// <returns>
    /// The proxy, which is cheap to make. What is marked <see cref="SubmitAttribute"/> is equivalent to
    /// <see cref="SubmitAsync(string, ProposalOptions, CancellationToken)"/>, what is marked
    /// <see cref="EvaluateAttribute"/> to <see cref="EvaluateAsync(string, ProposalOptions, CancellationToken)"/>, with
    /// their exceptions; a <see cref="FormatException"/> says that the result is none of the method's type.
    /// </returns>
    /// <exception cref="ArgumentException">The options have arguments.</exception>
    /// <exception cref="InvalidOperationException">Nothing was generated of the interface.</exception>
    public TContract As<TContract>(ProposalOptions? options = null)
        where TContract : class
    {
        options ??= new ProposalOptions();
        options.Validate();
        return options.Arguments.Count == 0
            ? GeneratedProxies.Create<TContract>(this, options)
            : throw new ArgumentException(
                "The options have arguments: those of a transaction are its method's.", nameof(options));
    }

    /// <summary>Makes a proposal, with a fresh transaction id and the time of now.</summary>
    /// <param name="transactionName">The transaction's name, without the contract's.</param>
    /// <param name="options">Its arguments, transient data and organisations. Default is none of them.</param>
    /// <exception cref="ArgumentException">The name is empty, or something of the options is null.</exception>
    public Proposal NewProposal(string transactionName, ProposalOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(transactionName);
        string qualifiedName = ContractName is null ? transactionName : $"{ContractName}:{transactionName}";
        var (message, content) = ProposalMessage.Create(
            _connection.Signing.Creator, _target, qualifiedName, options ?? new ProposalOptions(),
            TransactionId.NewNonce(), _connection.Options.TimeProvider.GetUtcNow());
        return new Proposal(_connection, message, content);
    }

    /// <summary>Submits a transaction, and returns it when it is committed.</summary>
    internal async Task<Commit> SubmitAndWaitAsync(
        string transactionName, ProposalOptions options, CancellationToken cancellationToken)
    {
        var commit = await SubmitWithoutWaitAsync(transactionName, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var status = await commit.GetStatusAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            status.EnsureSuccessful();
            return commit;
        }
        catch (Exception e) when (e is not FabricException)
        {
            throw commit.Unknown(e, cancellationToken);
        }
    }

    // A null that is none is more likely a mistake than a call without arguments.
    private static ProposalOptions Given(ProposalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }

    private static ProposalOptions OptionsOf(IReadOnlyList<string>? arguments) =>
        new() { Arguments = arguments is null ? [] : [.. arguments.Select(TransactionArgument.FromString)] };
}
