using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>What the institution says to the other members: signed with its key, and sent. Thread-safe.</summary>
public sealed class MemberStatements(
    LedgerProjection projection, IssuerKeys keys, LedgerDoor door, LedgerIdentity identity,
    GatewayServiceOptions options)
{
    /// <summary>The institution.</summary>
    public string MspId => options.MspId;

    /// <summary>The ledger that statements are made for.</summary>
    /// <exception cref="ProblemException">Which it is, is not known, or it was founded otherwise.</exception>
    public string Ledger => identity.Name;

    /// <summary>Signs a statement and sends it.</summary>
    /// <param name="transaction">What is said.</param>
    /// <param name="make">Makes the statement, given the name of the key that signs.</param>
    /// <exception cref="ProblemException">No key of the gateway is in force.</exception>
    public async Task<Committed<TRecord>> SendAsync<TStatement, TRecord>(
        MemberTransaction<TStatement, TRecord> transaction, Func<string, TStatement> make)
        where TStatement : class
        where TRecord : class
    {
        var (key, registered) = keys.FindActive(projection.Institutions.GetValueOrDefault(options.MspId))
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger: POST /v1/institution/keys registers a new one.");

        // Not bound to the request: a client that hangs up must not leave a transaction half known.
        var committed = await door.SayAsync(
            transaction, await key.SignAsync(make(registered.Id)), CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return committed;
    }
}
