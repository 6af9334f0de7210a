namespace MicroCreds.Fabric.Client.Calls;

/// <summary>The methods of a peer's gateway that are called and answered once, as gRPC names them.</summary>
internal static class GatewayMethods
{
    public const string Evaluate = "gateway.Gateway/Evaluate";
    public const string Endorse = "gateway.Gateway/Endorse";
    public const string Submit = "gateway.Gateway/Submit";
    public const string CommitStatus = "gateway.Gateway/CommitStatus";
}
