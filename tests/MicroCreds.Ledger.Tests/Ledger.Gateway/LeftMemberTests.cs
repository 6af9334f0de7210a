using System.Net;
using System.Net.Http.Json;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What becomes of what was taken in when the institution left the consortium.</summary>
public sealed class LeftMemberTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batch_TakenBeforeTheInstitutionLeft_EndsRefused_AndIsIssuedOnceItIsBackAndTriesAgain()
    {
        var leaving = gateways.Partner;
        using var opened = new SemaphoreSlim(0);
        leaving.Wire.Before = () => opened.WaitAsync(Cancelled);
        using var taken = await leaving.PostAsync("/v1/batches", new[] { GatewayHost.Row("Just in Time") });
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        string batch = taken.Headers.Location!.ToString();
        await GatewayHost.OkAsync(await leaving.PostAsync("/v1/consortium/departure", new { mspId = leaving.MspId }));
        try
        {
            await leaving.SaysAsync("/v1/consortium", $"\"former\":[{{\"mspId\":\"{leaving.MspId}\"");
            leaving.Wire.Before = null;
            opened.Release();
            await leaving.SaysAsAsync(GatewayHost.ApiKey, batch, "\"state\":\"refused\"");
            await leaving.SaysAsAsync(GatewayHost.ApiKey, batch, "is no member");
        }
        finally
        {
            opened.Release();
            await GatewayHost.OkAsync(await gateways.Issuer.PostAsync(
                "/v1/ballots", new { id = "linden-again", action = "admitMember", subject = leaving.MspId }));
            await Agreed.AcceptAsync(gateways, $"{gateways.Issuer.MspId}.linden-again");
            await GatewayHost.OkAsync(await leaving.Registrar.PutAsJsonAsync(
                "/v1/institution", leaving.Profile(), Cancelled));
        }

        await leaving.SaysAsync("/v1/consortium", "\"former\":[]");
        await GatewayHost.OkAsync(await leaving.PostAsync($"{batch}/retry", new { }));
        await leaving.SaysAsAsync(GatewayHost.ApiKey, batch, "\"state\":\"issued\"");
    }
}
