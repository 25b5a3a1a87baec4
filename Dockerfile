# The bot alone, without the sandbox: one program on a base that has no shell.
FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --package landlord --no-default-features \
 && mkdir state

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/landlord /usr/local/bin/landlord
COPY --from=build --chown=nonroot:nonroot /build/state /var/lib/landlord
WORKDIR /var/lib/landlord
VOLUME /var/lib/landlord
EXPOSE 8081
ENTRYPOINT ["landlord"]
CMD ["serve", "--config", "/etc/landlord/landlord.toml", "--log", "json"]
