using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Single requests that come while another one is under way, on a clock that stands still: all of them wait until that
/// one ends, and are anchored together.
/// </summary>
internal sealed class JointDrill : IDisposable
{
    private readonly GatewayHost _gateway;
    private readonly JointIssuing _joint;
    private readonly CredentialIssuer _issuer;
    private readonly GatewayStore _store;

    public JointDrill(GatewayHost gateway)
    {
        _gateway = gateway;
        _store = gateway.Services.GetRequiredService<GatewayStore>();
        _joint = ActivatorUtilities.CreateInstance<JointIssuing>(
            gateway.Services, new FakeTimeProvider(DateTimeOffset.UtcNow));
        _issuer = ActivatorUtilities.CreateInstance<CredentialIssuer>(gateway.Services, _joint);
    }

    /// <summary>A request, known by a name.</summary>
    public static AskedOne Ask(string name, string? key = null, string? email = null)
    {
        var row = GatewayHost.Row(name);
        if (email is not null) row["recipient"]!["email"] = email;
        return new AskedOne(LedgerJson.Deserialize<CredentialRequest>(Encoding.UTF8.GetBytes(row.ToJsonString())), key);
    }

    /// <summary>Has requests come at the same moment.</summary>
    /// <param name="asked">The requests.</param>
    /// <param name="before">What happens just before they are sent to the ledger. Default is nothing.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<JointOutcome>> AtOnceAsync(
        IReadOnlyList<AskedOne> asked, Action? before = null)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int sent = 0;
        _gateway.Wire.Before = () =>
        {
            if (Interlocked.Increment(ref sent) == 1) return held.Task;
            if (sent == 2) before?.Invoke();
            return Task.CompletedTask;
        };
        try
        {
            var opener = IssueAsync(_issuer, Ask("Opening Learner"));
            Task<JointOutcome>[] outcomes = [.. asked.Select(one => EndOf(IssueAsync(_issuer, one)))];
            held.SetResult();
            await opener;
            return await Task.WhenAll(outcomes);
        }
        finally
        {
            _gateway.Wire.Before = null;
        }
    }

    /// <summary>Has a request come alone, by the gateway's own clock.</summary>
    public Task<IssueOutcome> AloneAsync(AskedOne asked) =>
        IssueAsync(_gateway.Services.GetRequiredService<CredentialIssuer>(), asked);

    public RequestFingerprint FingerprintOf(AskedOne asked) => RequestFingerprint.Of(
        _store, asked.Key ?? "", IssuanceKind.Credential, CanonicalJson.Serialize(asked.Request),
        isKnownByItsBody: false);

    public void Dispose() => _joint.Dispose();

    private Task<IssueOutcome> IssueAsync(CredentialIssuer issuer, AskedOne asked) => issuer.IssueAsync(
        asked.Request, FingerprintOf(asked), CallerOf(asked), parts: null, new IssuingTerms { Source = asked.Source });

    private static async Task<JointOutcome> EndOf(Task<IssueOutcome> issuing)
    {
        try
        {
            return new JointOutcome(await issuing, Fault: null);
        }
        catch (Exception exception)
        {
            return new JointOutcome(Ended: null, exception);
        }
    }

    /// <summary>Each is asked for by somebody else.</summary>
    public static Caller CallerOf(AskedOne asked) =>
        new(CallerKind.Key, asked.Request.Recipient.Name, asked.Request.Recipient.Name);
}

/// <summary>What is asked for.</summary>
/// <param name="Request">The request.</param>
/// <param name="Key">Its idempotency key; none if it has none.</param>
/// <param name="Source">Where it is from.</param>
internal sealed record AskedOne(CredentialRequest Request, string? Key = null, IssuanceSource? Source = null);

/// <summary>What became of what was asked for: one of the two.</summary>
internal sealed record JointOutcome(IssueOutcome? Ended, Exception? Fault)
{
    public IssueResult? Result => Ended?.Result;

    public Guid Id => Ended?.Id ?? throw new InvalidOperationException("It was not issued.", Fault);
}
