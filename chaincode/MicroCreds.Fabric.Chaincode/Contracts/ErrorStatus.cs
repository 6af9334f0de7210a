namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>The statuses of errors that the dispatcher itself finds.</summary>
internal static class ErrorStatus
{
    public const int BadRequest = 400;
    public const int NotFound = 404;
}
