using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Webhooks of two gateways on one database: who leads tells, and what either issues is told once.</summary>
public sealed class WebhookInstancesTests(InstancesFixture instances) : IClassFixture<InstancesFixture>
{
    [Fact]
    public async Task WhatEitherIssues_IsToldOnce_AndByTheOtherWhenTheLeaderIsGone()
    {
        await using var two = await instances.StartTwoAsync(WebhooksFixture.Settings);
        var (leader, follower) = await two.RolesAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var webhook = await RegisteredWebhook.AddAsync(follower, receiver.Url);
        foreach (var gateway in new[] { leader, follower })
        {
            string id = GatewayHost.IdOf(await gateway.IssueAsync("Learner of Two"));
            var told = await receiver.ToldAsync("credential.issued", id);
            Assert.True(told.IsSignedBy(webhook.Secret));
            await webhook.UntilDeliveryAsync(told.Id, one => (string?)one["state"] == "delivered");
        }

        // What the leader holds when it goes is told again by the next one.
        receiver.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        string held = GatewayHost.IdOf(await follower.IssueAsync("Learner Held"));
        var first = await receiver.ToldAsync("credential.issued", held);
        receiver.Answer = WebhookReceiver.Status(204);
        await two.StopAsync(leader);
        await webhook.UntilDeliveryAsync(first.Id, one => (string?)one["state"] == "delivered");
        string last = GatewayHost.IdOf(await follower.IssueAsync("Learner Alone"));
        await receiver.ToldAsync("credential.issued", last);
        Assert.Equal(4, receiver.Calls.Select(call => call.Id).Distinct().Count());
        Assert.Equal(5, receiver.Calls.Count);
    }
}
