using MicroCreds.Ledger.Gateway.Issuing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class OutboxTests
{
    [Fact]
    public async Task Add_OfWhatIsHere_AddsNothing_UntilItIsFinished()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var outbox = new Outbox();
        outbox.Open();
        outbox.Add(1);
        outbox.Add(1);
        outbox.Add(2);
        Assert.Equal(1, await outbox.TakeAsync(cancellation));

        // Taken, and put behind the others, it is still here.
        outbox.Add(1);
        outbox.AddAgain(1);
        Assert.Equal(2, await outbox.TakeAsync(cancellation));
        Assert.Equal(1, await outbox.TakeAsync(cancellation));

        outbox.Finish(1);
        outbox.Add(3);
        outbox.Add(1);
        Assert.Equal(3, await outbox.TakeAsync(cancellation));
        Assert.Equal(1, await outbox.TakeAsync(cancellation));
    }
}
