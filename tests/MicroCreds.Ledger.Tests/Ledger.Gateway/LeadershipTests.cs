using MicroCreds.Ledger.Gateway.Operations;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is done by who leads goes on after the lead was lost and won again, however it was lost.</summary>
public sealed class LeadershipTests
{
    [Fact]
    public async Task Work_ThatTheLossBreaksOff_GoesOnWithTheNextTerm_UntilTheServiceStops()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var terms = new List<CancellationTokenSource>();
        await Leadership.WhileLeadingAsync(
            _ =>
            {
                terms.Add(new CancellationTokenSource());
                return Task.FromResult(terms[^1].Token);
            },
            async term =>
            {
                // First the database is gone, then the wait for it is broken off, then the service stops.
                await (terms.Count == 3 ? stop : terms[^1]).CancelAsync();
                if (terms.Count == 1) throw new InvalidOperationException("The database is gone.");
                term.ThrowIfCancellationRequested();
            },
            stop.Token);
        Assert.Equal(3, terms.Count);
        foreach (var term in terms) term.Dispose();
    }

    [Fact]
    public async Task Work_ThatFailsWhileItLeads_IsAFailure() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Leadership.WhileLeadingAsync(
            _ => Task.FromResult(CancellationToken.None),
            _ => throw new InvalidOperationException("It failed."), TestContext.Current.CancellationToken));
}
