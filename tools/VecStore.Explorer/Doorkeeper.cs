using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace VecStore.Explorer;

/// <summary>
/// Who may come in: requests to this machine by its own name (no rebound DNS name), from the page itself and no other origin, whose path begins with the token.
/// Everyone else gets 403 and not a byte more.
/// </summary>
internal sealed class Doorkeeper(string token)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] secret = Encoding.ASCII.GetBytes(token);

    public Task Admit(HttpContext context, Func<Task> next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (IsOwnHost(context.Request) && IsOwnOrigin(context.Request) && HasToken(context.Request.Path)) return next();
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>A page elsewhere whose name was made to point here still sends its own name.</summary>
    private static bool IsOwnHost(HttpRequest request) =>
        request.Host.Port == request.HttpContext.Connection.LocalPort
        && (request.Host.Host == "localhost" || (IPAddress.TryParse(request.Host.Host, out IPAddress? address) && IPAddress.IsLoopback(address)));

    private static bool IsOwnOrigin(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        if (origin is not null && origin != $"http://{request.Host.Value}") return false;
        string? site = request.Headers["Sec-Fetch-Site"];
        return site is null or "same-origin" or "none";
    }

    private bool HasToken(PathString path)
    {
        string value = path.Value ?? "";
        int end = value.Length > 1 ? value.IndexOf('/', 1) : -1;
        return end > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value[1..end]), secret);
    }
}
